import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisLeases } from '../../../src/adapters/redis/leases.ts';
import type { Lease } from '../../../src/pipeline/ports.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
const key = { app: 'shop', environment: 'production' };

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
});
afterEach(() => world.close());

const take = async (leases: RedisLeases = world.leases): Promise<Lease> => {
  const lease = await leases.acquire(key);
  if (!lease) throw new Error('the lease should have been free');
  return lease;
};
/** What Redis does by itself when an owner was paused for too long. */
const expire = () => world.context.redis.del(world.context.keys.lease(key));

describe('RedisLeases', () => {
  it('gives an environment to one at a time, others beside it', async () => {
    const lease = await take();
    expect(await world.leases.acquire(key)).toBeNull();
    const other = await world.leases.acquire({ ...key, environment: 'test' });
    expect(other?.fence).toBe(1);
    await lease.assertHeld();
    await lease.release();
    await other?.release();
    const next = await take();
    expect(next.fence).toBe(2);
    await next.release();
  });

  it('releases only its own', async () => {
    const paused = await take();
    await expire();
    const next = await take();
    await paused.release();
    await next.assertHeld();
    await next.release();
  });

  it('outlives its time by renewing itself', async () => {
    const leases = new RedisLeases(world.context, { ttlMs: 300 });
    const lease = await take(leases);
    const subscriber = await world.connect('subscriber');
    await world.context.redis.config('SET', 'notify-keyspace-events', 'Kg');
    await subscriber.subscribe(`__keyspace@0__:${world.context.keys.lease(key)}`);
    for (let renewals = 0; renewals < 4; renewals += 1) await once(subscriber as never, 'message');
    await lease.assertHeld();
    await lease.release();
  });

  it('threat 29: is lost when its time has run out by the monotonic clock, even before Redis was asked', async () => {
    let now = 1_000;
    const lease = await take(new RedisLeases(world.context, { monotonicMs: () => now }));
    await lease.assertHeld();
    now += 10_000;
    await expect(lease.assertHeld()).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(lease.lost.aborted).toBe(true);
    await lease.release();
  });

  it('aborts `lost` when a renewal finds another owner', async () => {
    const paused = await take(new RedisLeases(world.context, { ttlMs: 600 }));
    await expire();
    const next = await take();
    if (!paused.lost.aborted) await once(paused.lost as never, 'abort');
    expect(paused.lost.aborted).toBe(true);
    await next.release();
  });
});

describe('the fence', () => {
  it("refuses every write of a paused owner once another has taken over, and lets the other's pass", async () => {
    await world.ledger.record('', [pushOf('x')], testAudit);
    const paused = await take();
    await expire();
    const next = await take();
    const { store } = world;
    const release = {
      ...key,
      sha: 'c'.repeat(40),
      title: 't',
      author: 'a',
      specs: [{ rollout: {} } as never],
      specHash: 'h',
      deployment: 'd1',
      createdAt: new Date(0).toISOString(),
    };
    const made = await store.ensureRelease(next, release);
    const writes: ((lease: Lease) => Promise<unknown>)[] = [
      (lease) => lease.assertHeld(),
      (lease) => store.update(lease, 'd1', { state: 'fetching' }),
      (lease) => store.append(lease, 'd1', [{ t: 0, at: '', event: { type: 'run-began' } }]),
      (lease) => store.setServing(lease, key, { current: 7, previous: null }),
      (lease) => store.ensureRelease(lease, { ...release, sha: 'd'.repeat(40) }),
      (lease) => store.updateRelease(lease, { ...made, servedWell: true }),
    ];
    for (const write of writes) await expect(write(paused)).rejects.toMatchObject({ code: 'LEASE_LOST' });

    expect(await store.deployment('d1')).toMatchObject({ state: 'queued' });
    expect(await store.journal('d1')).toEqual([]);
    expect(await store.environment(key)).toMatchObject({ current: null });
    expect(await store.releases(key)).toEqual([made]);
    for (const write of writes) await write(next);
    expect(await store.environment(key)).toMatchObject({ current: 7 });
    await next.release();
  });

  it('threat 27: after a flush an old lease is not held any more', async () => {
    const lease = await take();
    await world.context.redis.flushdb();
    await expect(world.store.setServing(lease, key, { current: 1, previous: null })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
    await lease.release();
  });
});
