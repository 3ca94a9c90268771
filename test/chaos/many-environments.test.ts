import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runEnvironments } from '../../src/adapters/redis/environment-worker.ts';
import { type EnvironmentKey, environmentId } from '../../src/domain/names.ts';
import { beginChaos, type Chaos, sized, spread } from '../support/chaos-run.ts';
import { startRedis, type TestRedis } from '../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../support/redis-world.ts';

const environments = sized(200, 1_000);
const pushes = sized(2_000, 10_000);
/** How many pushes are recorded at once: as many as a receiver may have open. */
const atOnce = 20;

let redis: TestRedis;
let world: RedisWorld;

describe('many environments on a durable Redis', () => {
  beforeAll(async () => {
    redis = await startRedis();
    world = await openRedisWorld(redis);
  });
  afterAll(async () => {
    await world?.close();
    await redis?.stop();
  });

  it(`${pushes} pushes to ${environments} environments: each is run for its newest only, the others are superseded by their successor`, async () => {
    const chaos = beginChaos('many-environments');
    const keys = Array.from(
      { length: environments },
      (_, n): EnvironmentKey => ({ app: `app-${n % 50}`, environment: `env-${n}` }),
    );
    const order = plan(chaos, keys);
    const before = process.memoryUsage().rss;
    const { newest, recordMs, tookMs } = await recordAll(order);
    const queued = await world.wakeUps.depth();
    const memory = Math.round((process.memoryUsage().rss - before) / 2 ** 20);
    const redisMb = await redisMegabytes();

    const ran = await runAll(keys);
    chaos.print({
      environments,
      pushes,
      msPerPush: Math.round((tookMs / pushes) * 100) / 100,
      recordMs: spread(recordMs),
      wakeUpsQueued: queued.waiting,
      grownMb: memory,
      redisMb,
      drainedMs: ran.tookMs,
      runs: ran.seen.length,
    });
    expect(queued.waiting + queued.active + queued.delayed).toBe(environments);
    expect(ran.seen.length).toBe(environments);
    expect(new Map(ran.seen)).toEqual(newest);
    await expectAccounted(keys, newest);
  });
});

/** Every environment once, then the rest at random, shuffled. */
function plan(chaos: Chaos, keys: readonly EnvironmentKey[]): EnvironmentKey[] {
  const rest = Array.from({ length: pushes - keys.length }, () => keys[chaos.below(keys.length)] ?? keys[0]);
  return chaos.shuffled([...keys, ...rest]).filter((key) => key !== undefined);
}

/** @returns the newest deployment of each environment, and how long recording took, in ms */
async function recordAll(order: readonly EnvironmentKey[]) {
  const newest = new Map<string, string>();
  const recordMs: number[] = [];
  const began = performance.now();
  const rest = order.entries();
  const recorder = async () => {
    for (const [n, key] of rest) {
      const sent = performance.now();
      const delivery = `delivery-${n}`;
      const { deployments } = await world.ledger.record(delivery, [pushOf(delivery, key)], testAudit);
      recordMs.push(performance.now() - sent);
      const deployment = deployments[0]?.deployment ?? 'none';
      const known = newest.get(environmentId(key));
      if (known === undefined || numberOf(deployment) > numberOf(known))
        newest.set(environmentId(key), deployment);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, recorder));
  return { newest, recordMs, tookMs: performance.now() - began };
}

/** Runs what is queued with a handler that only notes what it would deploy. */
async function runAll(keys: readonly EnvironmentKey[]) {
  const seen: [string, string][] = [];
  const failures: unknown[] = [];
  const began = performance.now();
  const worker = runEnvironments(world.context, await world.connect('queue'), {
    concurrency: 200,
    handler: async (key) => {
      const { wanted } = await world.store.environment(key);
      seen.push([environmentId(key), wanted ?? 'none']);
      return 'done';
    },
    onError: (error) => failures.push(error),
  });
  await worker.ready();
  for (let left = keys.length; left > 0; ) {
    const { waiting, active, delayed } = await world.wakeUps.depth();
    left = waiting + active + delayed;
    await delay(20);
  }
  const tookMs = Math.round(performance.now() - began);
  await worker.close();
  expect(failures).toEqual([]);
  return { seen, tookMs };
}

/** All but the newest of an environment are superseded, and name the one that came after them. */
async function expectAccounted(keys: readonly EnvironmentKey[], newest: ReadonlyMap<string, string>) {
  let records = 0;
  for (const key of keys) {
    const all = await world.history.list({ ...key, limit: 200 });
    records += all.length;
    const [last, ...older] = all;
    expect([last?.id, last?.state]).toEqual([newest.get(environmentId(key)), 'queued']);
    expect(older.map(({ state }) => state)).toEqual(older.map(() => 'superseded'));
    expect(older.map(({ supersededBy }) => supersededBy)).toEqual(all.slice(0, -1).map(({ id }) => id));
  }
  expect(records).toBe(pushes);
}

async function redisMegabytes(): Promise<number> {
  const info = await world.context.redis.info('memory');
  return Math.round(Number(/^used_memory:(\d+)/m.exec(info)?.[1] ?? 0) / 2 ** 20);
}

const numberOf = (deployment: string): number => Number(deployment.slice(1));
