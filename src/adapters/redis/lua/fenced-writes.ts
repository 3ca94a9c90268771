import { countEnd } from './figures.ts';
import { fencePrelude } from './leases.ts';
import { noteChange } from './outbox.ts';

/** Every script here starts with ARGV: prefix, environment id, fence, owner; and answers {'OK', …} or {code, detail}. */

export const checkFence = `${fencePrelude}
return {'OK'}
`;

/**
 * Changes a deployment's fields. ARGV[5…]: deployment id, new state as JSON text or '', the states that may
 * become it (JSON array of JSON texts), the end states (the same), fields (JSON array: name, JSON text, …), what an end
 * adds to the figures (JSON, see countEnd) or ''. A repeated end counts nothing.
 */
export const updateDeployment = `${fencePrelude}${noteChange}local key = prefix .. 'deployment:' .. ARGV[5]
local state = redis.call('HGET', key, 'state')
if not state then return {'NOT_FOUND'} end
local function among(list)
  for _, one in ipairs(cjson.decode(list)) do if one == state then return true end end
  return false
end
if among(ARGV[8]) then
  if ARGV[6] == state then return {'OK'} end
  return {'DEPLOYMENT_ENDED', state}
end
if ARGV[6] ~= '' and not among(ARGV[7]) then return {'TRANSITION_REFUSED', state} end
redis.call('HSET', key, unpack(cjson.decode(ARGV[9])))
changed(ARGV[5])
if ARGV[10] ~= '' then
  local figures = ARGV[10]
  ${countEnd}
end
return {'OK'}
`;

/** Which releases serve. ARGV[5…]: current, previous; '' for none. */
export const setServing = `${fencePrelude}
redis.call('HSET', environmentKey, 'current', ARGV[5], 'previous', ARGV[6])
return {'OK'}
`;

/** Which deployment a worker has taken up. ARGV[5]: its id. */
export const setRunning = `${fencePrelude}
redis.call('HSET', environmentKey, 'running', ARGV[5])
return {'OK'}
`;

/** What Prometheus is told to scrape of the environment. ARGV[5]: targets as a JSON array, '' for none. */
export const setScrapeTargets = `${fencePrelude}
if ARGV[5] == '' then redis.call('HDEL', environmentKey, 'scrapeTargets')
else redis.call('HSET', environmentKey, 'scrapeTargets', ARGV[5]) end
return {'OK'}
`;

/**
 * Appends to a deployment's journal. ARGV[5…]: deployment id, then each entry as JSON. What is said of a deployment
 * after it was forgotten would stay for ever: it is dropped.
 */
export const appendJournal = `${fencePrelude}${noteChange}if redis.call('EXISTS', prefix .. 'deployment:' .. ARGV[5]) == 0 then return {'OK'} end
for i = 6, #ARGV do redis.call('XADD', prefix .. 'deployment:' .. ARGV[5] .. ':journal', '*', 'entry', ARGV[i]) end
changed(ARGV[5])
return {'OK'}
`;

/** The release with this identity, or a new number. ARGV[5…]: identity (commit and spec hash), record as JSON. Returns {'OK', number, record}. */
export const ensureRelease = `${fencePrelude}
local index, releases = prefix .. 'release-index:' .. environmentId, prefix .. 'releases:' .. environmentId
local known = redis.call('HGET', index, ARGV[5])
if known then
  local record = redis.call('HGET', releases, known)
  if record then return {'OK', known, record} end
end
local number = known or tostring(redis.call('HINCRBY', environmentKey, 'releases', 1))
redis.call('HSET', index, ARGV[5], number)
redis.call('HSET', releases, number, ARGV[6])
return {'OK', number, ARGV[6]}
`;

/** Replaces a release's record. ARGV[5…]: number, record as JSON. */
export const updateRelease = `${fencePrelude}
local releases = prefix .. 'releases:' .. environmentId
if redis.call('HEXISTS', releases, ARGV[5]) == 0 then return {'NOT_FOUND'} end
redis.call('HSET', releases, ARGV[5], ARGV[6])
return {'OK'}
`;
