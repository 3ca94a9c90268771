/**
 * Takes an environment's lease when it is free. The fence grows with every taking and stays behind in the
 * environment's record, so that a former owner's writes are known for what they are.
 * ARGV: prefix, environment id, owner, ms. Returns the fence, or 0 when another holds it.
 */
export const acquireLease = `
local lease = ARGV[1] .. 'lease:' .. ARGV[2]
if redis.call('EXISTS', lease) == 1 then return 0 end
local record = ARGV[1] .. 'environment:' .. ARGV[2]
local fence = redis.call('HINCRBY', record, 'fence', 1)
redis.call('HSET', record, 'fenceOwner', ARGV[3])
redis.call('SET', lease, ARGV[3], 'PX', ARGV[4])
return fence
`;

/** Prolongs the lease of its owner. ARGV: prefix, environment id, owner, ms. Returns 1, or 0 when it is another's or gone. */
export const renewLease = `
local lease = ARGV[1] .. 'lease:' .. ARGV[2]
if redis.call('GET', lease) ~= ARGV[3] then return 0 end
return redis.call('PEXPIRE', lease, ARGV[4])
`;

/** Gives the lease back, if it is the owner's. ARGV: prefix, environment id, owner. */
export const releaseLease = `
local lease = ARGV[1] .. 'lease:' .. ARGV[2]
if redis.call('GET', lease) == ARGV[3] then return redis.call('DEL', lease) end
return 0
`;

/** The first lines of every fenced write. ARGV: prefix, environment id, fence, owner. Returns {'LEASE_LOST', highest fence} or goes on. */
export const fencePrelude = `
local prefix, environmentId = ARGV[1], ARGV[2]
local environmentKey = prefix .. 'environment:' .. environmentId
local held = redis.call('HMGET', environmentKey, 'fence', 'fenceOwner')
if held[1] ~= ARGV[3] or held[2] ~= ARGV[4] then return {'LEASE_LOST', held[1] or '0'} end
`;
