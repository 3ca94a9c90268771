/**
 * Gives a running deployment a command, once. ARGV: prefix, deployment id, command, end states (JSON array of
 * JSON texts), environment id, audit entry (JSON).
 * Returns {'OK', 'added' | 'known'}, {'NOT_FOUND'} or {'DEPLOYMENT_ENDED', state}.
 */
export const addCommand = `
local prefix, id = ARGV[1], ARGV[2]
local key = prefix .. 'deployment:' .. id
local state = redis.call('HGET', key, 'state')
if not state then return {'NOT_FOUND'} end
for _, ended in ipairs(cjson.decode(ARGV[4])) do
  if ended == state then return {'DEPLOYMENT_ENDED', state} end
end
local commands = key .. ':commands'
if redis.call('LPOS', commands, ARGV[3]) then return {'OK', 'known'} end
redis.call('RPUSH', commands, ARGV[3])
redis.call('XADD', prefix .. 'audit', 'MAXLEN', '~', 50000, '*', 'entry', ARGV[6], 'results', '[]')
redis.call('PUBLISH', prefix .. 'signal:' .. ARGV[5], 'command')
return {'OK', 'added'}
`;
