import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RedisSignals } from '../../../src/adapters/redis/signals.ts';
import type { Freeze, Lease } from '../../../src/pipeline/ports.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
let lease: Lease;
const key = { app: 'shop', environment: 'production' };
const byAna: Freeze = { by: 'ana', reason: 'looks odd', at: '2026-01-01T00:00:00.000Z' };
const bySiskin: Freeze = { by: 'siskin', reason: 'frozen: 4 of 4 failed', at: '2026-01-01T00:00:01.000Z' };
const freezeAudit = { ...testAudit, action: 'freeze' };
const unfreezeAudit = { ...testAudit, action: 'unfreeze' };

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  await world.ledger.record('', [pushOf('x')], testAudit);
  lease = await acquire();
});
afterEach(async () => {
  await lease.release();
  await world.close();
});

async function acquire(): Promise<Lease> {
  const held = await world.leases.acquire(key);
  if (!held) throw new Error('the lease is free');
  return held;
}

const frozen = async () => (await world.store.environment(key)).frozen;
const audited = async () => (await world.audit.page({}, 9)).entries.map(({ action }) => action);

it('freezes and unfreezes once, with one audit entry for each change', async () => {
  const { history } = world;
  expect(await history.unfreeze(key, unfreezeAudit)).toBe(false);
  expect(await history.freeze(key, byAna, freezeAudit)).toBe(true);
  expect(await history.freeze(key, { ...byAna, by: 'eve' }, freezeAudit)).toBe(false);
  expect(await frozen()).toEqual(byAna);
  expect(await history.unfreeze(key, unfreezeAudit)).toBe(true);
  expect(await history.unfreeze(key, unfreezeAudit)).toBe(false);
  expect(await frozen()).toBeNull();
  expect(await audited()).toEqual(['unfreeze', 'freeze', 'push']);
});

it('the worker’s freeze keeps a person’s reason, is audited as Siskin’s, and needs the lease', async () => {
  const { history, store } = world;
  await store.freeze(lease, key, bySiskin);
  await store.freeze(lease, key, { ...bySiskin, reason: 'again' });
  expect(await frozen()).toEqual(bySiskin);
  expect((await world.audit.page({}, 1)).entries[0]).toEqual({
    id: expect.any(String),
    environments: ['shop/production'],
    deployments: [],
    at: bySiskin.at,
    actor: { kind: 'siskin', name: 'siskin' },
    from: null,
    action: 'freeze',
    detail: { environment: 'shop/production', reason: 'frozen: 4 of 4 failed' },
  });
  expect(await audited()).toEqual(['freeze', 'push']);
  await history.unfreeze(key, unfreezeAudit);
  await history.freeze(key, byAna, freezeAudit);
  await store.freeze(lease, key, bySiskin);
  expect(await frozen()).toEqual(byAna);
  await history.unfreeze(key, unfreezeAudit);

  await lease.release();
  const next = await acquire();
  await expect(store.freeze(lease, key, bySiskin)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  await expect(store.setScrapeTargets(lease, key, [])).rejects.toMatchObject({ code: 'LEASE_LOST' });
  expect(await frozen()).toBeNull();
  lease = next;
});

it('a promotion lets a frozen environment go on; cancel and rollback leave it frozen', async () => {
  const { history, store } = world;
  await history.freeze(key, byAna, freezeAudit);
  await history.addCommand('d1', 'rollback', testAudit);
  await history.addCommand('d1', 'cancel', testAudit);
  expect(await frozen()).toEqual(byAna);
  await history.addCommand('d1', 'promote', testAudit);
  expect(await frozen()).toBeNull();

  await history.freeze(key, byAna, freezeAudit);
  await store.update(lease, 'd1', { state: 'cancelled' });
  await expect(history.addCommand('d1', 'promote', testAudit)).rejects.toMatchObject({
    code: 'DEPLOYMENT_ENDED',
  });
  expect(await frozen()).toEqual(byAna);
});

it('tells who waits of every change', async () => {
  const { history, store, context } = world;
  const signals = new RedisSignals(context, await world.connect('subscriber'), (error) => {
    throw error;
  });
  let heard = () => {};
  const next = () => new Promise<void>((resolve) => (heard = resolve));
  const subscribed = next();
  const stop = signals.onChange(key, () => heard());
  await subscribed;
  const changes = [
    () => history.freeze(key, byAna, freezeAudit),
    () => history.unfreeze(key, unfreezeAudit),
    () => store.freeze(lease, key, bySiskin),
  ];
  for (const change of changes) {
    const told = next();
    await change();
    await told;
  }
  stop();
});

it('a freeze that cannot be read stops the reader: the environment may have to stand still', async () => {
  await world.context.redis.hset(world.context.keys.environment(key), 'frozen', '{"by":1}');
  await expect(world.store.environment(key)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

it('keeps what Prometheus is to scrape, replaced whole; an unreadable record is skipped and reported', async () => {
  const { history, store, context, ledger } = world;
  const { redis: connection, keys } = context;
  await ledger.record('', [pushOf('y', { app: 'blog' }), pushOf('y', { environment: 'test' })], testAudit);
  const target = (slot: number) => ({
    address: `172.17.0.${slot}:9100`,
    path: '/metrics',
    service: 'web',
    release: 3,
    replica: `r3-${slot}`,
  });
  const unreadable: string[] = [];
  const read = () => history.scrapeTargets((environment) => void unreadable.push(environment));
  expect(await read()).toEqual([]);
  await store.setScrapeTargets(lease, key, [target(1), target(2)]);
  await store.setScrapeTargets(lease, key, [target(2)]);
  await connection.hset(keys.environment({ app: 'blog', environment: 'production' }), 'scrapeTargets', '{');
  const elsewhere = JSON.stringify([{ ...target(1), address: 'metadata' }]);
  await connection.hset(keys.environment({ app: 'shop', environment: 'test' }), 'scrapeTargets', elsewhere);
  expect(await read()).toEqual([{ ...key, targets: [target(2)] }]);
  expect(unreadable).toEqual(['blog/production', 'shop/test']);
  await store.setScrapeTargets(lease, key, []);
  expect(await read()).toEqual([]);
});
