import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitForRedis } from '../../../src/adapters/redis/connect.ts';
import {
  type EnvironmentRuns,
  type EnvironmentWorker,
  runEnvironments,
} from '../../../src/adapters/redis/environment-worker.ts';
import { RedisLeases } from '../../../src/adapters/redis/leases.ts';
import type { EnvironmentKey } from '../../../src/domain/names.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
const workers: EnvironmentWorker[] = [];
const key = { app: 'shop', environment: 'production' };
const timing = { retryBusyMs: 50, retryFailedMs: 50 };

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
  await world.close();
});

async function work(
  handler: EnvironmentRuns['handler'],
  onError: EnvironmentRuns['onError'] = () => {},
): Promise<EnvironmentWorker> {
  const connection = await world.connect('queue');
  const worker = runEnvironments(world.context, connection, { concurrency: 2, handler, onError, timing });
  workers.push(worker);
  await worker.ready();
  return worker;
}

/** A handler that reports each call and returns what it is told to, in turn, then 'done'. */
function scripted(...answers: ('done' | 'busy' | Error)[]) {
  const calls = new EventEmitter();
  const seen: EnvironmentKey[] = [];
  const handler = (called: EnvironmentKey) => {
    seen.push(called);
    calls.emit('call', seen.length);
    const answer = answers.shift() ?? 'done';
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const nth = async (count: number) => {
    while (seen.length < count) await once(calls, 'call');
  };
  return { handler, seen, nth };
}

const idle = async () => {
  const empty = { waiting: 0, delayed: 0, active: 0 };
  await expect.poll(() => world.wakeUps.depth()).toEqual(empty);
};

it('runs what was woken, with nothing but the environment in hand', async () => {
  const { handler, seen, nth } = scripted();
  await work(handler);
  await world.ledger.record(randomUUID(), [pushOf('x'), pushOf('x', { environment: 'test' })], testAudit);
  await nth(2);
  expect(seen).toContainEqual(key);
  expect(seen).toContainEqual({ ...key, environment: 'test' });
  await idle();
});

it('a push that arrives during a run makes exactly one run more, however many arrive', async () => {
  const began = new EventEmitter();
  const seenWanted: (string | null)[] = [];
  let go = () => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  await work(async (called) => {
    seenWanted.push((await world.store.environment(called)).wanted);
    began.emit('run', seenWanted.length);
    if (seenWanted.length === 1) await gate;
    return 'done';
  });
  const firstRun = once(began, 'run');
  await world.ledger.record('', [pushOf('x')], testAudit);
  await firstRun;
  for (let more = 0; more < 19; more += 1) await world.ledger.record('', [pushOf('x')], testAudit);
  const secondRun = once(began, 'run');
  go();
  await secondRun;
  await idle();
  expect(seenWanted).toEqual(['d1', 'd20']);
});

it('a wake-up is not lost while another worker holds the lease', async () => {
  const { handler, nth } = scripted('busy', 'busy', 'done');
  await work(handler);
  await world.wakeUps.wake(key);
  await nth(3);
  await idle();
});

it('a run that throws is told of and repeated', async () => {
  const errors: unknown[] = [];
  const { handler, nth } = scripted(new Error('Docker is away'));
  await work(handler, (error) => errors.push(error));
  await world.wakeUps.wake(key);
  await nth(2);
  await idle();
  expect(errors).toEqual([new Error('Docker is away')]);
});

it('a push during a busy or failed run is not lost either', async () => {
  const { handler, nth } = scripted('busy', new Error('x'));
  await work(async (called) => {
    await world.wakeUps.wake(called);
    return handler(called);
  });
  await world.wakeUps.wake(key);
  await nth(4);
});

it('a worker that closes aborts its run and hands the wake-up to another', async () => {
  const events = new EventEmitter();
  const first = await work((_key, signal) => {
    events.emit('began');
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve('done')));
  });
  const began = once(events, 'began');
  await world.wakeUps.wake(key);
  await began;
  await first.close();

  const { handler, nth } = scripted();
  await work(handler);
  await nth(1);
  await idle();
});

it('aborts the run whose lock was lost', async () => {
  const connection = await world.connect('queue');
  const events = new EventEmitter();
  let runs = 0;
  const worker = runEnvironments(world.context, connection, {
    concurrency: 1,
    onError: () => {},
    timing: { lockMs: 400, stalledCheckMs: 60_000 },
    handler: (_key, signal) => {
      runs += 1;
      events.emit('began');
      return new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          events.emit('aborted');
          resolve('done');
        }),
      );
    },
  });
  workers.push(worker);
  const began = once(events, 'began');
  await world.wakeUps.wake(key);
  await began;
  const aborted = once(events, 'aborted');
  const locks = await world.context.redis.keys(`${world.context.keys.queues}:*:lock`);
  expect(locks).toHaveLength(1);
  await world.context.redis.set(locks[0] ?? '', 'another worker');
  await aborted;
  expect(runs).toBe(1);
});

it('a wake-up whose workers die again and again is never given up', async () => {
  const connection = await world.connect('queue');
  const { keys, redis: commands } = world.context;
  const events = new EventEmitter();
  let runs = 0;
  const worker = runEnvironments(world.context, connection, {
    concurrency: 20,
    onError: () => {},
    timing: { lockMs: 60_000, stalledCheckMs: 10 },
    // Answers nothing, as one that was killed, until the test is over.
    handler: async () => {
      runs += 1;
      events.emit('began');
      await once(events, 'over');
      return 'done';
    },
  });
  workers.push(worker);
  for (let deaths = 0; deaths < 8; deaths += 1) {
    const began = once(events, 'began');
    if (deaths === 0) await world.wakeUps.wake(key);
    else await commands.del(...(await commands.keys(`${keys.queues}:*:lock`)));
    await began;
  }
  events.emit('over');
  expect(runs).toBe(8);
});

it('goes on by itself when Redis was killed and comes back, and closes while it is dead', async () => {
  const own = await startRedis();
  const ownWorld = await openRedisWorld(own);
  const { handler, nth } = scripted();
  const worker = runEnvironments(ownWorld.context, await ownWorld.connect('queue'), {
    concurrency: 1,
    handler,
    onError: () => {},
    timing,
  });
  await worker.ready();
  await own.kill();
  await expect(ownWorld.wakeUps.wake(key)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await own.start();
  await waitForRedis(ownWorld.context.redis, 10_000);
  await expect.poll(() => ownWorld.wakeUps.wake(key).then(() => 'woken')).toBe('woken');
  await nth(1);
  await own.kill();
  await worker.close(500);
  await ownWorld.close();
  await own.stop();
});

it('a killed worker that nobody else can be is forgotten: what it had in hand runs at once, and once', async () => {
  const abandoned = scripted();
  const dead = await world.connect('queue');
  runEnvironments(world.context, dead, {
    concurrency: 1,
    handler: async (called) => {
      await world.leases.acquire(called);
      await abandoned.handler(called);
      return new Promise(() => {}); // never comes back: killed
    },
    onError: () => {},
  });
  await world.ledger.record(randomUUID(), [pushOf('x')], testAudit);
  await abandoned.nth(1);
  dead.disconnect();
  await world.leases.endAll();
  await world.wakeUps.forgetAll();
  expect(await world.wakeUps.depth()).toEqual({ waiting: 0, delayed: 0, active: 0 });
  expect(await world.wakeUps.wakeUnfinished()).toEqual([key]);

  const { handler, seen, nth } = scripted();
  const fences: (number | undefined)[] = [];
  await work(async (called) => {
    const lease = await world.leases.acquire(called);
    fences.push(lease?.fence);
    await lease?.release();
    return handler(called);
  });
  await nth(1);
  await idle();
  expect(seen).toEqual([key]);
  expect(fences).toEqual([2]);
});

it('a killed worker that is started again goes on at once with what it had in hand, and with nothing of others', async () => {
  const other = { app: 'shop', environment: 'test' };
  const dead = scripted();
  for (const [instance, mine] of [
    ['killed', key],
    ['paused', other],
  ] as const) {
    const leases = new RedisLeases(world.context, { instance });
    const connection = await world.connect('queue');
    runEnvironments(world.context, connection, {
      instance,
      concurrency: 1,
      handler: async (called) => {
        await leases.acquire(called);
        await dead.handler(called);
        return new Promise(() => {}); // never comes back
      },
      onError: () => {},
    });
    await world.ledger.record(randomUUID(), [pushOf('x', mine)], testAudit);
    await dead.nth(instance === 'killed' ? 1 : 2);
    connection.disconnect();
  }
  const leases = new RedisLeases(world.context, { instance: 'killed' });
  await leases.endOwn();
  await world.wakeUps.unlockOf('killed');
  expect(await leases.acquire(other)).toBeNull();
  expect(await leases.acquire(key)).toMatchObject({ fence: 2 });

  const { handler, seen, nth } = scripted();
  const worker = runEnvironments(world.context, await world.connect('queue'), {
    instance: 'killed',
    concurrency: 2,
    handler,
    onError: () => {},
    timing: { ...timing, stalledCheckMs: 50 },
  });
  workers.push(worker);
  await nth(1);
  expect(seen).toEqual([key]);
  await expect.poll(() => world.wakeUps.depth()).toEqual({ waiting: 0, delayed: 0, active: 1 });
});
