import { noteChange } from './outbox.ts';

/**
 * Records one delivery or request, whole or not at all: for each environment a new deployment `dN`, its place in
 * the history, the wanted state, and the end of a wanted deployment that no worker had begun.
 *
 * ARGV: prefix, delivery GUID or '', seconds to remember it, now (ISO), audit entry (JSON),
 *   guards (JSON array of [environment id, the deployment that must still be wanted, '' for none]),
 *   ignored heads (JSON array of [environment id, the head as JSON, '' to forget it]),
 *   then per environment: id, app, environment, fields (JSON array: name, JSON text, name, JSON text, …).
 * Returns {'duplicate', results}, {'recorded', results}, or {'moved', '[]'} when a guard does not hold; results is a
 *   JSON array of {app, environment, deployment, superseded}.
 */
export const recordDeployments = `
local prefix, delivery, remember, now, audit = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local delivered = prefix .. 'delivery:' .. delivery
if delivery ~= '' then
  local before = redis.call('GET', delivered)
  if before then return {'duplicate', before} end
end
for _, guard in ipairs(cjson.decode(ARGV[6])) do
  local wanted = redis.call('HGET', prefix .. 'environment:' .. guard[1], 'wanted') or ''
  if wanted ~= guard[2] then return {'moved', '[]'} end
end
for _, head in ipairs(cjson.decode(ARGV[7])) do
  local environmentKey = prefix .. 'environment:' .. head[1]
  if head[2] == '' then redis.call('HDEL', environmentKey, 'ignoredHead')
  else redis.call('HSET', environmentKey, 'ignoredHead', head[2]) end
end

${noteChange}local function supersede(id, by)
  local key = prefix .. 'deployment:' .. id
  if redis.call('HGET', key, 'state') ~= '"queued"' then return false end
  redis.call('HSET', key, 'state', '"superseded"', 'supersededBy', '"' .. by .. '"',
    'finishedAt', '"' .. now .. '"', 'reason', '"superseded by ' .. by .. ' before it began"')
  return true
end

local results = {}
for i = 8, #ARGV, 4 do
  local environmentId, fields = ARGV[i], cjson.decode(ARGV[i + 3])
  local number = redis.call('INCR', prefix .. 'deployment-counter')
  local id = 'd' .. number
  local environmentKey = prefix .. 'environment:' .. environmentId
  local before = redis.call('HGET', environmentKey, 'wanted')
  local superseded = before and supersede(before, id)
  if superseded then redis.call('HINCRBY', prefix .. 'figures:deployments', environmentId .. '/superseded', 1) end
  redis.call('HSET', prefix .. 'deployment:' .. id, 'id', '"' .. id .. '"', unpack(fields))
  redis.call('ZADD', prefix .. 'history', number, id)
  redis.call('ZADD', prefix .. 'history:' .. environmentId, number, id)
  redis.call('HSET', environmentKey, 'wanted', id)
  redis.call('SADD', prefix .. 'environments', environmentId)
  changed(id)
  if before then changed(before) end
  results[#results + 1] = {
    app = ARGV[i + 1], environment = ARGV[i + 2], deployment = id, superseded = superseded and before or cjson.null
  }
end

local encoded = #results == 0 and '[]' or cjson.encode(results)
if delivery ~= '' and #results > 0 then redis.call('SET', delivered, encoded, 'EX', remember) end
redis.call('XADD', prefix .. 'audit', 'MAXLEN', '~', 50000, '*', 'entry', audit, 'results', encoded)
for i = 8, #ARGV, 4 do redis.call('PUBLISH', prefix .. 'signal:' .. ARGV[i], 'wanted') end
return {'recorded', encoded}
`;
