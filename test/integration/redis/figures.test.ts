import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RedisFigures } from '../../../src/adapters/redis/figures.ts';
import { doraWindowMs } from '../../../src/domain/dora.ts';
import type { JournalEvent } from '../../../src/domain/journal.ts';
import { pastDeployment, withLease } from '../../support/redis-past.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
let figures: RedisFigures;
const key = { app: 'shop', environment: 'production' };
const attached: [number, JournalEvent] = [1_500, { type: 'replica-attached', replica: 'r1-1' }];
const state = (t: number, to: 'fetching' | 'building' | 'watching'): [number, JournalEvent] => [
  t,
  { type: 'state', state: to },
];

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  figures = new RedisFigures(world.context);
});
afterEach(() => world.close());

const counted = async () =>
  Object.fromEntries(
    (await figures.outcomes([key]))
      .filter(({ count }) => count > 0)
      .map(({ outcome, count }) => [outcome, count]),
  );

it('counts each end once, also when it is said again or by a worker that took over', async () => {
  const { id } = await pastDeployment(world, key, { end: 'failed', journal: [state(0, 'building')] });
  await pastDeployment(world, key, { end: 'succeeded' });
  expect(await counted()).toEqual({ failed: 1, succeeded: 1 });
  await withLease(world, key, (lease) => world.store.update(lease, id, { state: 'failed' }));
  await withLease(world, key, (lease) =>
    expect(world.store.update(lease, id, { state: 'succeeded' })).rejects.toMatchObject({
      code: 'DEPLOYMENT_ENDED',
    }),
  );
  expect(await counted()).toEqual({ failed: 1, succeeded: 1 });
  const building = (await figures.stages()).find(({ stage }) => stage === 'building');
  expect(building?.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(1);
});

it('counts no end that a worker without the lease says', async () => {
  await world.ledger.record('', [pushOf('')], testAudit);
  const old = await world.leases.acquire(key);
  if (!old) throw new Error('the lease is free');
  await old.release();
  await withLease(world, key, async () => {
    await expect(world.store.update(old, 'd1', { state: 'failed' })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
  });
  expect(await counted()).toEqual({});
});

it('has every environment, outcome and stage from the beginning, at zero', async () => {
  expect((await figures.outcomes([key])).map(({ outcome, count }) => [outcome, count])).toEqual([
    ['succeeded', 0],
    ['rolled_back', 0],
    ['failed', 0],
    ['cancelled', 0],
    ['superseded', 0],
  ]);
  const stages = await figures.stages();
  expect(stages.map(({ stage }) => stage)).toContain('rolling_back');
  expect(stages.flatMap(({ buckets }) => buckets).every(({ count }) => count === 0)).toBe(true);
});

it('sorts the stages into buckets by the deployment’s own clock', async () => {
  const journal = [state(0, 'fetching'), state(1_000, 'building'), state(66_000, 'fetching'), attached];
  await pastDeployment(world, key, { journal: [...journal, [70_000, { type: 'run-began' }]] });
  await pastDeployment(world, key, { journal: [state(0, 'building'), [4e6, { type: 'run-began' }]] });
  const stages = Object.fromEntries(
    (await figures.stages()).map(({ stage, buckets, sumSeconds }) => [
      stage,
      { filled: buckets.filter(({ count }) => count > 0).map(({ le, count }) => [le, count]), sumSeconds },
    ]),
  );
  expect(stages).toMatchObject({
    fetching: { filled: [[5, 1]], sumSeconds: 5 },
    building: {
      filled: [
        [120, 1],
        [Number.POSITIVE_INFINITY, 1],
      ],
      sumSeconds: 4_065,
    },
    canary: { filled: [], sumSeconds: 0 },
  });
});

it('a journal that cannot be read keeps no deployment from ending, and the end is counted', async () => {
  await world.ledger.record('', [pushOf('')], testAudit);
  await world.context.redis.xadd(world.context.keys.journal('d1'), '*', 'entry', 'no JSON');
  await withLease(world, key, (lease) => world.store.update(lease, 'd1', { state: 'failed' }));
  expect((await world.store.deployment('d1'))?.state).toBe('failed');
  expect(await counted()).toEqual({ failed: 1 });
});

it('keeps what the DORA figures need for 30 days, independent of the history', async () => {
  const today = Date.now();
  const ago = (days: number) => new Date(today - days * 24 * 3_600_000).toISOString();
  const journal = [state(0, 'fetching'), attached, state(2_000, 'watching')];
  await pastDeployment(world, key, { end: 'succeeded', journal, finishedAt: ago(40) });
  await pastDeployment(world, key, { end: 'rolled_back', journal, finishedAt: ago(3) });
  await pastDeployment(world, key, { end: 'succeeded', journal, finishedAt: ago(2) });
  await pastDeployment(world, key, { end: 'failed', finishedAt: ago(1) });
  const [dora] = await figures.dora([key], new Date());
  expect(dora).toMatchObject({
    ...key,
    deploymentsPerDay: 1 / 30,
    changeFailureShare: 0.5,
    timeToRestoreSeconds: 24 * 3_600,
  });
  const changes = world.context.keys.changes(key);
  expect(await world.context.redis.zcard(changes)).toBe(2);
  const [other] = await figures.dora([{ app: 'blog', environment: 'test' }], new Date());
  expect(other).toMatchObject({ deploymentsPerDay: 0, leadTimeSeconds: null });
  expect(await figures.dora([key], new Date(Date.now() + doraWindowMs))).toMatchObject([
    { deploymentsPerDay: 0 },
  ]);
});

it('counts what reconcilers do, from any process', async () => {
  const other = new RedisFigures(world.context);
  await figures.countReconcileAction('push-found');
  await other.countReconcileAction('push-found', 2);
  await other.countReconcileAction('woken');
  expect(await figures.reconcileActions()).toEqual({ 'push-found': 3, woken: 1 });
  const failed = new Promise((resolve) => {
    figures.reconcileCounter(resolve)('shop/production r12');
  });
  expect(await failed).toBeInstanceOf(RangeError);
});

it('counts the environments that are worked on', async () => {
  expect(await figures.environmentsHeld()).toBe(0);
  await world.ledger.record('', [pushOf(''), pushOf('', { environment: 'test' })], testAudit);
  await withLease(world, key, async () => expect(await figures.environmentsHeld()).toBe(1));
  expect(await figures.environmentsHeld()).toBe(0);
});

it('survives the death of Redis with what was counted', async () => {
  const durable = await startRedis();
  const first = await openRedisWorld(durable, 'kept:');
  try {
    await pastDeployment(first, key, { end: 'succeeded' });
    await durable.kill();
    await durable.start();
    const second = await openRedisWorld(durable, 'kept:');
    const outcomes = await new RedisFigures(second.context).outcomes([key]);
    expect(outcomes.find(({ outcome }) => outcome === 'succeeded')?.count).toBe(1);
    await second.close();
  } finally {
    await first.close();
    await durable.stop();
  }
});

it('tells in which states deployments are that have not ended, and of no other', async () => {
  await pastDeployment(world, key, { end: 'failed' });
  expect(await figures.unfinished([key])).toEqual([]);
  const recorded = await world.ledger.record('', [pushOf('', key)], testAudit);
  const id = recorded.deployments[0]?.deployment ?? '';
  expect(await figures.unfinished([key])).toEqual([{ ...key, state: 'queued' }]);
  await withLease(world, key, async (lease) => {
    await world.store.setRunning(lease, key, id);
    await world.store.update(lease, id, { state: 'fetching' });
  });
  expect(await figures.unfinished([{ app: 'shop', environment: 'test' }, key])).toEqual([
    { ...key, state: 'fetching' },
  ]);
  await world.ledger.record('next', [pushOf('next', key)], testAudit);
  const states = (await figures.unfinished([key])).map((one) => one.state).sort();
  expect(states).toEqual(['fetching', 'queued']);
});
