import { connectRedis, giveUp, waitForRedis } from '../../adapters/redis/connect.ts';
import { isNearlyFull, type RedisMemory, redisMemory } from '../../adapters/redis/memory.ts';
import { messageOf } from '../../domain/errors/siskin-error.ts';
import { type Finding, fail, ok, type Subject, warn } from './finding.ts';

const timeoutMs = 4_000;
const settings = ['appendonly', 'appendfsync', 'maxmemory-policy'] as const;

/** The operator's Redis: reachable, and set so that an acknowledged push is never lost. */
export async function checkRedis(subject: Subject): Promise<Finding[]> {
  if (subject.redis === null)
    return [ok('redis', 'Siskin starts its own: every acknowledged write is on disk')];
  // Errors of single tries: waitForRedis tells how it ended.
  const redis = connectRedis(subject.redis, 'commands', () => {});
  try {
    await waitForRedis(redis, timeoutMs);
    await redis.ping();
    const values = new Map<string, string>();
    for (const name of settings) values.set(name, (await configGet(redis, name)) ?? '');
    return [ok('redis', 'answers'), ...judgePersistence(values), ...judgeMemory(await redisMemory(redis))];
  } catch (error) {
    return [fail('redis', messageOf(error), 'Start that Redis, or mend redis.url in siskin.yaml.')];
  } finally {
    giveUp(redis);
  }
}

/** CONFIG is switched off on some managed servers: then nothing is known, and that is said. */
async function configGet(redis: ReturnType<typeof connectRedis>, name: string): Promise<string | undefined> {
  try {
    const answer: unknown = await redis.call('CONFIG', 'GET', name);
    return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : undefined;
  } catch (error) {
    if (/unknown command|NOPERM/i.test(messageOf(error))) return undefined;
    throw error;
  }
}

export function judgeMemory(memory: RedisMemory): Finding[] {
  if (!isNearlyFull(memory)) return [];
  const [used, max] = [memory.usedBytes, memory.maxBytes ?? 0].map((bytes) => (bytes / 1e6).toFixed(0));
  const hint = 'A full Redis takes no push: raise its maxmemory, or lower history.keep in siskin.yaml.';
  return [warn('redis', `holds ${used} MB of at most ${max} MB`, hint)];
}

/** @param values of CONFIG GET; the empty string where it could not be read */
export function judgePersistence(values: ReadonlyMap<string, string>): Finding[] {
  const wanted = [
    ['appendonly', 'yes', 'A restart of Redis loses queued pushes and history'],
    ['appendfsync', 'always', 'A crash of Redis loses pushes that were acknowledged'],
    ['maxmemory-policy', 'noeviction', 'A full Redis drops records silently'],
  ] as const;
  return wanted
    .filter(([name, value]) => values.get(name) !== value)
    .map(([name, value, consequence]) => {
      const now = values.get(name) || 'not readable';
      return warn('redis', `${name} is ${now}`, `${consequence}: set \`${name} ${value}\` in redis.conf.`);
    });
}
