import { fencePrelude } from './leases.ts';

/**
 * Writes the records of releases where there are none, and sets the counters behind the highest known numbers.
 * ARGV[5…]: highest deployment number, highest release number, then per release: number, identity (commit and spec hash),
 * record as JSON.
 */
export const restoreReleases = `${fencePrelude}
local index, releases = prefix .. 'release-index:' .. environmentId, prefix .. 'releases:' .. environmentId
if redis.call('EXISTS', releases) == 1 then return {'OK'} end
local function atLeast(current, wanted) return math.max(tonumber(current or '0'), tonumber(wanted)) end
local counter = prefix .. 'deployment-counter'
redis.call('SET', counter, string.format('%d', atLeast(redis.call('GET', counter) or '0', ARGV[5])))
local highest = atLeast(redis.call('HGET', environmentKey, 'releases') or '0', ARGV[6])
redis.call('HSET', environmentKey, 'releases', string.format('%d', highest))
for i = 7, #ARGV, 3 do
  redis.call('HSET', releases, ARGV[i], ARGV[i + 2])
  redis.call('HSET', index, ARGV[i + 1], ARGV[i])
end
redis.call('SADD', prefix .. 'environments', environmentId)
return {'OK'}
`;
