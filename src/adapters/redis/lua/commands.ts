import { notePerson } from './outbox.ts';

/**
 * Gives a running deployment a command; one that was given last is not given twice, but for `promote`, which may mean
 * something else later. `promote` is a person's decision to go on: it lets a frozen environment go, in the same call.
 * ARGV: prefix, deployment id, command, end states (JSON array of JSON texts), environment id, audit entry (JSON).
 * Returns {'OK', 'added' | 'known'}, {'NOT_FOUND'} or {'DEPLOYMENT_ENDED', state}.
 */
export const addCommand = `
local prefix, id = ARGV[1], ARGV[2]${notePerson}local key = prefix .. 'deployment:' .. id
local state = redis.call('HGET', key, 'state')
if not state then return {'NOT_FOUND'} end
for _, ended in ipairs(cjson.decode(ARGV[4])) do
  if ended == state then return {'DEPLOYMENT_ENDED', state} end
end
local commands, promote = key .. ':commands', ARGV[3] == 'promote'
if not promote and redis.call('LINDEX', commands, -1) == ARGV[3] then return {'OK', 'known'} end
redis.call('RPUSH', commands, ARGV[3])
redis.call('LTRIM', commands, -100, -1)
if promote then redis.call('HDEL', prefix .. 'environment:' .. ARGV[5], 'frozen') end
redis.call('XADD', prefix .. 'audit', 'MAXLEN', '~', 50000, '*', 'entry', ARGV[6], 'results', '[]')
redis.call('PUBLISH', prefix .. 'signal:' .. ARGV[5], 'command')
done(id, ARGV[6])
return {'OK', 'added'}
`;
