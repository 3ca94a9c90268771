import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EnvironmentWorker, runEnvironments } from '../../../src/adapters/redis/environment-worker.ts';
import { environmentId } from '../../../src/domain/names.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, type RedisWorld } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
let worker: EnvironmentWorker | null = null;
const key = { app: 'shop', environment: 'production' };

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
});
afterEach(async () => {
  await worker?.close();
  worker = null;
  await world.close();
});

const queueKeys = async (): Promise<string[]> => {
  const { redis: connection, keys } = world.context;
  return (await connection.keys(`${keys.queues}*`)).map((name) => name.split(':').slice(3).join(':')).sort();
};

it('leave nothing behind but the queue’s own keys and a bounded stream of events', async () => {
  const environments = Array.from({ length: 50 }, (_, index) => ({
    app: `app${index}`,
    environment: 'production',
  }));
  const seen = new Map<string, number>();
  worker = runEnvironments(world.context, await world.connect('queue'), {
    concurrency: 8,
    timing: { retryBusyMs: 20, retryFailedMs: 20 },
    onError: () => {},
    handler: (environment) => {
      const id = environmentId(environment);
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      if (times % 7 === 0) return Promise.reject(new Error('planted'));
      return Promise.resolve(times % 5 === 0 ? 'busy' : 'done');
    },
  });
  for (let round = 0; round < 40; round += 1)
    await Promise.all(environments.map((environment) => world.wakeUps.wake(environment)));
  const { waiting, delayed, active } = await world.wakeUps.depth();
  expect(waiting + delayed + active).toBeLessThanOrEqual(2 * environments.length);
  await expect
    .poll(() => world.wakeUps.depth(), { timeout: 60_000 })
    .toEqual({ waiting: 0, delayed: 0, active: 0 });
  expect(seen.size).toBe(50);
  expect([...seen.values()].reduce((sum, times) => sum + times, 0)).toBeGreaterThan(200);
  const own = ['events', 'id', 'marker', 'meta', 'stalled', 'stalled-check'];
  expect((await queueKeys()).filter((name) => !own.includes(name))).toEqual([]);
  const events = await world.context.redis.xlen(`${world.context.keys.queues}:siskin-environments:events`);
  expect(events).toBeGreaterThan(900);
  expect(events).toBeLessThan(1_300);
});

it('tell how long the oldest of them waits', async () => {
  expect(await world.wakeUps.oldestWaitingSeconds(new Date())).toBe(0);
  await world.wakeUps.wake(key);
  await world.wakeUps.wake({ ...key, environment: 'test' });
  const jobs = await world.context.redis.hget(
    `${world.context.keys.queues}:siskin-environments:1`,
    'timestamp',
  );
  const later = new Date(Number(jobs) + 90_000);
  expect(await world.wakeUps.oldestWaitingSeconds(later)).toBe(90);
  expect(await world.wakeUps.oldestWaitingSeconds(new Date(0))).toBe(0);
});
