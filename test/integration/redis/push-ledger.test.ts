import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
});
afterEach(() => world.close());

const key = { app: 'shop', environment: 'production' };

describe('RedisPushLedger', () => {
  it('records a delivery for all its environments in one step and wakes them', async () => {
    const delivery = randomUUID();
    const pushes = [pushOf(delivery), pushOf(delivery, { environment: 'test' })];
    const recorded = await world.ledger.record(delivery, pushes, testAudit);

    expect(recorded).toEqual({
      duplicate: false,
      deployments: [
        { ...key, deployment: 'd1', superseded: null },
        { app: 'shop', environment: 'test', deployment: 'd2', superseded: null },
      ],
    });
    expect(await world.store.environment(key)).toEqual({
      ...key,
      wanted: 'd1',
      current: null,
      previous: null,
      frozen: null,
      running: null,
    });
    expect(await world.store.deployment('d1')).toMatchObject({
      id: 'd1',
      state: 'queued',
      title: 'A change',
      target: { kind: 'branch', pushedSha: 'a'.repeat(40), forced: false },
      sha: null,
    });
    expect(await world.wakeUps.depth()).toMatchObject({ waiting: 2 });
  });

  it('threat 2: a delivery that comes again does nothing and tells what the first one did', async () => {
    const delivery = randomUUID();
    const first = await world.ledger.record(delivery, [pushOf(delivery)], testAudit);
    const again = await world.ledger.record(delivery, [pushOf(delivery)], testAudit);

    expect(again).toEqual({ duplicate: true, deployments: first.deployments });
    expect(await world.history.list({ limit: 10 })).toHaveLength(1);
  });

  it('threat 3: a replay under a new GUID asks for the branch head, not for the commit it names', async () => {
    await world.ledger.record(randomUUID(), [pushOf('x')], testAudit);
    await world.ledger.record(randomUUID(), [pushOf('x')], testAudit);

    const [replayed, original] = await world.history.list({ limit: 10 });
    expect(original).toMatchObject({ id: 'd1', state: 'superseded', supersededBy: 'd2' });
    expect(replayed?.target.kind).toBe('branch');
  });

  it('a hundred pushes at once are each accounted for, and the newest is wanted', async () => {
    const all = Array.from({ length: 100 }, (_, at) => pushOf(randomUUID(), { title: `change ${at}` }));
    await Promise.all(all.map((push) => world.ledger.record(push.delivery, [push], testAudit)));

    const deployments = await world.history.list({ ...key, limit: 200 });
    expect(deployments.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, at) => `d${100 - at}`));
    expect(deployments.slice(1).every(({ state, reason }) => state === 'superseded' && reason !== null)).toBe(
      true,
    );
    expect(deployments[0]).toMatchObject({ state: 'queued', reason: null });
    expect((await world.store.environment(key)).wanted).toBe('d100');
    expect(await world.wakeUps.depth()).toMatchObject({ waiting: 1 });
  });

  it('leaves a wanted deployment alone that a worker has begun', async () => {
    await world.ledger.record(randomUUID(), [pushOf('x')], testAudit);
    const lease = await world.leases.acquire(key);
    if (!lease) throw new Error('the lease is free');
    await world.store.update(lease, 'd1', { state: 'fetching' });
    const { deployments } = await world.ledger.record(randomUUID(), [pushOf('y')], testAudit);
    await lease.release();

    expect(deployments).toEqual([{ ...key, deployment: 'd2', superseded: null }]);
    expect(await world.store.deployment('d1')).toMatchObject({ state: 'fetching', supersededBy: null });
  });

  it('keeps text that is not plain, lone surrogates too', async () => {
    const title = 'ü 🐦 \ud83d " \\ \u2028';
    await world.ledger.record(randomUUID(), [pushOf('x', { title })], testAudit);
    expect((await world.store.deployment('d1'))?.title).toBe(title);
  });

  it('remembers an ignored delivery in the audit log only, so that it may come again', async () => {
    const delivery = randomUUID();
    const audit = { ...testAudit, detail: 'ignored: other-branch' };
    expect(await world.ledger.record(delivery, [], audit)).toEqual({ duplicate: false, deployments: [] });
    expect((await world.audit.page({}, 5)).entries).toMatchObject([
      { detail: { text: 'ignored: other-branch' } },
    ]);
    expect((await world.ledger.record(delivery, [pushOf(delivery)], audit)).duplicate).toBe(false);
  });

  it('what was recorded but not woken is woken by the reconciler', async () => {
    const failures: unknown[] = [];
    const { RedisPushLedger } = await import('../../../src/adapters/redis/push-ledger.ts');
    const refusing = () => Promise.reject(new Error('queue away'));
    const ledger = new RedisPushLedger(world.context, refusing, (error) => failures.push(error));
    await ledger.record(randomUUID(), [pushOf('x')], testAudit);
    expect(failures).toHaveLength(1);
    expect(await world.wakeUps.depth()).toMatchObject({ waiting: 0 });

    expect(await world.wakeUps.wakeUnfinished()).toEqual([key]);
    expect(await world.wakeUps.depth()).toMatchObject({ waiting: 1 });
  });

  describe('heads that are left alone', () => {
    const head = { ...key, branch: 'release', sha: 'b'.repeat(40), reason: 'skip-requested' };
    const { app: _app, environment: _environment, ...kept } = head;

    it('are kept with the delivery, until the branch is asked for again', async () => {
      expect(await world.ledger.ignoredHead(key)).toBeNull();
      await world.ledger.record(randomUUID(), [], testAudit, [head]);
      expect(await world.ledger.ignoredHead(key)).toEqual(kept);
      const rollback = { ...key, branch: 'release', actor: testAudit.actor, from: null, action: 'rollback' };
      await world.ledger.request({ ...rollback, target: { kind: 'release', release: 1 } });
      expect(await world.ledger.ignoredHead(key)).toEqual(kept);
      await world.ledger.record(randomUUID(), [pushOf('x', { environment: 'test' })], testAudit);
      expect(await world.ledger.ignoredHead(key)).toEqual(kept);
      await world.ledger.record(randomUUID(), [pushOf('x')], testAudit);
      expect(await world.ledger.ignoredHead(key)).toBeNull();
    });

    it('are written by a reconciler only while nothing else became wanted', async () => {
      expect(await world.ledger.recordFound(head, 'd1', testAudit)).toBeNull();
      expect(await world.ledger.ignoredHead(key)).toBeNull();
      expect(await world.ledger.recordFound(head, null, testAudit)).toEqual({ deployment: null });
      expect(await world.ledger.ignoredHead(key)).toEqual(kept);
      await world.ledger.record(randomUUID(), [pushOf('x')], testAudit);
      expect(await world.ledger.recordFound(head, null, testAudit)).toBeNull();
      expect(await world.ledger.ignoredHead(key)).toBeNull();
    });
  });

  it('a push that is found is recorded by one of a hundred reconcilers, and audited once', async () => {
    await world.ledger.record(randomUUID(), [pushOf('x')], testAudit);
    const audit = { ...testAudit, action: 'push-found' };
    const found = await Promise.all(
      Array.from({ length: 100 }, () => world.ledger.recordFound(pushOf('found'), 'd1', audit)),
    );
    expect(found.filter((one) => one !== null)).toEqual([{ deployment: 'd2' }]);
    expect(await world.history.list({ limit: 10 })).toHaveLength(2);
    const audited = (await world.audit.page({}, 200)).entries;
    expect(audited.map(({ action }) => action)).toEqual(['push-found', 'push']);
    expect(await world.ledger.recordFound(pushOf('found'), 'd1', audit)).toBeNull();
    expect(await world.ledger.recordFound(pushOf('found'), 'd2', audit)).toEqual({ deployment: 'd3' });
  });

  it('records what is asked through the API in the same way', async () => {
    await world.ledger.record(randomUUID(), [pushOf('x')], testAudit);
    const asked = await world.ledger.request({
      ...key,
      branch: 'release',
      target: { kind: 'release', release: 3 },
      actor: { kind: 'api', name: 'ci' },
      from: '127.0.0.1',
      action: 'rollback',
    });
    expect(asked).toEqual({ ...key, deployment: 'd2', superseded: 'd1' });
    expect((await world.store.deployment('d2'))?.target).toEqual({ kind: 'release', release: 3 });
    expect((await world.audit.page({}, 1)).entries[0]).toMatchObject({
      action: 'rollback',
      from: '127.0.0.1',
    });
  });
});

it('fails at once while Redis is away, records nothing, and records when it is back', async () => {
  const own = await startRedis();
  const ownWorld = await openRedisWorld(own);
  try {
    const delivery = randomUUID();
    await ownWorld.ledger.record(randomUUID(), [pushOf('x')], testAudit);
    await own.kill();
    await expect(ownWorld.ledger.record(delivery, [pushOf(delivery)], testAudit)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await own.start();
    const { waitForRedis } = await import('../../../src/adapters/redis/connect.ts');
    await waitForRedis(ownWorld.context.redis, 10_000);
    expect(await ownWorld.history.list({ limit: 10 })).toHaveLength(1);
    expect((await ownWorld.ledger.record(delivery, [pushOf(delivery)], testAudit)).duplicate).toBe(false);
  } finally {
    await ownWorld.close();
    await own.stop();
  }
});
