import { fencePrelude } from './leases.ts';
import { noteChange, notePerson } from './outbox.ts';

const freezeEnvironment = (key: string, freeze: string) =>
  `redis.call('HSETNX', ${key}, 'frozen', ${freeze}) == 1`;

/** A person makes an environment stand still. ARGV: prefix, environment id, freeze, audit entry (both JSON). Returns 1, or 0 when it does already. */
export const freeze = `
local prefix = ARGV[1]${notePerson}if not (${freezeEnvironment("ARGV[1] .. 'environment:' .. ARGV[2]", 'ARGV[3]')}) then return 0 end
redis.call('XADD', ARGV[1] .. 'audit', 'MAXLEN', '~', 50000, '*', 'entry', ARGV[4], 'results', '[]')
redis.call('PUBLISH', ARGV[1] .. 'signal:' .. ARGV[2], 'frozen')
doneToEnvironment(ARGV[2], ARGV[4])
return 1
`;

/** A person lets it go on. ARGV: prefix, environment id, audit entry (JSON). Returns 1, or 0 when it was not frozen. */
export const unfreeze = `
local prefix = ARGV[1]${notePerson}if redis.call('HDEL', ARGV[1] .. 'environment:' .. ARGV[2], 'frozen') == 0 then return 0 end
redis.call('XADD', ARGV[1] .. 'audit', 'MAXLEN', '~', 50000, '*', 'entry', ARGV[3], 'results', '[]')
redis.call('PUBLISH', ARGV[1] .. 'signal:' .. ARGV[2], 'unfrozen')
doneToEnvironment(ARGV[2], ARGV[3])
return 1
`;

/** The worker does it (onFailure: freeze). ARGV[5…]: freeze (JSON), audit entry (JSON). */
export const fencedFreeze = `${fencePrelude}${noteChange}if ${freezeEnvironment('environmentKey', 'ARGV[5]')} then
  redis.call('XADD', prefix .. 'audit', 'MAXLEN', '~', 50000, '*', 'entry', ARGV[6], 'results', '[]')
  redis.call('PUBLISH', prefix .. 'signal:' .. environmentId, 'frozen')
  local running = redis.call('HGET', environmentKey, 'running')
  if running then changed(running) end
end
return {'OK'}
`;
