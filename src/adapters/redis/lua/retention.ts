/**
 * Forgets deployments and releases of one environment. What was decided a moment ago is checked again: nothing goes
 * that has not ended or is wanted; no release that has changed or serves, none while a worker is choosing one
 * (fetching), and none that a deployment that may still change names.
 *
 * ARGV: prefix, environment id, end states (JSON array of JSON texts), deployment ids (JSON array), score in the history
 *   of the oldest deployment that may still change, releases (JSON array of [number, identity, record]).
 * Returns {deployments forgotten, releases forgotten}.
 */
export const forget = `
local prefix, environmentId = ARGV[1], ARGV[2]
local history, record = prefix .. 'history:' .. environmentId, prefix .. 'environment:' .. environmentId
local serving = redis.call('HMGET', record, 'wanted', 'current', 'previous')
local ended = {}
for _, state in ipairs(cjson.decode(ARGV[3])) do ended[state] = true end

local function forgetDeployment(id)
  local key = prefix .. 'deployment:' .. id
  local state = redis.call('HGET', key, 'state')
  if id == serving[1] or (state and not ended[state]) then return 0 end
  redis.call('UNLINK', key, key .. ':journal', key .. ':log', key .. ':commands', key .. ':people', key .. ':notices')
  redis.call('HDEL', prefix .. 'outbox', id)
  redis.call('ZREM', prefix .. 'history', id)
  return redis.call('ZREM', history, id)
end

local named, choosing = {}, false
local function noteReleasesInUse()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', history, ARGV[5], '+inf')) do
    local found = redis.call('HMGET', prefix .. 'deployment:' .. id, 'state', 'release', 'baseline')
    if found[1] == '"fetching"' then choosing = true end
    if found[2] then named[found[2]] = true end
    if found[3] then named[found[3]] = true end
  end
end

local function forgetRelease(number, identity, text)
  local releases, index = prefix .. 'releases:' .. environmentId, prefix .. 'release-index:' .. environmentId
  if choosing or named[number] or number == serving[2] or number == serving[3] then return 0 end
  if redis.call('HGET', releases, number) ~= text then return 0 end
  if redis.call('HGET', index, identity) == number then redis.call('HDEL', index, identity) end
  return redis.call('HDEL', releases, number)
end

local deployments, releases = 0, 0
for _, id in ipairs(cjson.decode(ARGV[4])) do deployments = deployments + forgetDeployment(id) end
noteReleasesInUse()
for _, one in ipairs(cjson.decode(ARGV[6])) do
  releases = releases + forgetRelease(one[1], one[2], one[3])
end
return {deployments, releases}
`;
