/**
 * Part of a script that has `prefix`: notes that something of a deployment changed, in the call that changes it, and tells
 * the notifiers. A deployment that nobody has heard of is noted too, and dropped by them.
 */
export const noteChange = `
local function changed(id)
  redis.call('HINCRBY', prefix .. 'outbox', id, 1)
  redis.call('PUBLISH', prefix .. 'outbox', id)
end
`;

/** The same, and who did it: audit entry as JSON. The environment's deployment is the one that a worker has taken up last. */
export const notePerson = `
${noteChange}
local function done(id, entry)
  local key = prefix .. 'deployment:' .. id
  if redis.call('EXISTS', key) == 0 then return end
  redis.call('RPUSH', key .. ':people', entry)
  redis.call('LTRIM', key .. ':people', -50, -1)
  changed(id)
end
local function doneToEnvironment(environmentId, entry)
  local running = redis.call('HGET', prefix .. 'environment:' .. environmentId, 'running')
  if running then done(running, entry) end
end
`;

/** Keeps fields of what a channel was told. ARGV: prefix, deployment id, field, value, …. Of one that is not on record, nothing. */
export const noteNotice = `
local key = ARGV[1] .. 'deployment:' .. ARGV[2]
if redis.call('EXISTS', key) == 0 then return 0 end
return redis.call('HSET', key .. ':notices', unpack(ARGV, 3))
`;

/**
 * Takes a deployment out of the outbox when it still has this revision and all these channels were told of it. The next
 * change begins at 1 again, so what was told is forgotten with it. ARGV: prefix, deployment id, revision, channel, ….
 * Returns 1, or 0 when it stays.
 */
export const settleNotice = `
local outbox, notices = ARGV[1] .. 'outbox', ARGV[1] .. 'deployment:' .. ARGV[2] .. ':notices'
if redis.call('HGET', outbox, ARGV[2]) ~= ARGV[3] then return 0 end
for i = 4, #ARGV do
  if redis.call('HGET', notices, ARGV[i] .. ':revision') ~= ARGV[3] then return 0 end
end
for i = 4, #ARGV do redis.call('HSET', notices, ARGV[i] .. ':revision', '0') end
return redis.call('HDEL', outbox, ARGV[2])
`;
