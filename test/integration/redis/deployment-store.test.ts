import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { followDeployment } from '../../../src/adapters/redis/deployment-events.ts';
import { RedisSignals } from '../../../src/adapters/redis/signals.ts';
import type { JournalEntry } from '../../../src/domain/journal.ts';
import type { Lease } from '../../../src/pipeline/ports.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';
import { withImage } from '../../support/specs.ts';

let redis: TestRedis;
let world: RedisWorld;
let lease: Lease;
const key = { app: 'shop', environment: 'production' };
const at = new Date(0).toISOString();
const entry = (t: number): JournalEntry => ({
  t,
  at,
  event: { type: 'replica-started', replica: `r1-${t}` },
});

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  await world.ledger.record('', [pushOf('x')], testAudit);
  const held = await world.leases.acquire(key);
  if (!held) throw new Error('the lease is free');
  lease = held;
});
afterEach(async () => {
  await lease.release();
  await world.close();
});

it('refuses a state that may not follow, and everything after an end but the same end again', async () => {
  const { store } = world;
  await expect(store.update(lease, 'd1', { state: 'rolling' })).rejects.toMatchObject({
    code: 'TRANSITION_REFUSED',
  });
  await store.update(lease, 'd1', { state: 'fetching', startedAt: at });
  await store.update(lease, 'd1', { sha: 'e'.repeat(40), release: 4 });
  await store.update(lease, 'd1', { state: 'failed', reason: 'no', finishedAt: at });
  await store.update(lease, 'd1', { state: 'failed', reason: 'something else' });
  await expect(store.update(lease, 'd1', { state: 'succeeded' })).rejects.toMatchObject({
    code: 'DEPLOYMENT_ENDED',
  });
  await expect(store.update(lease, 'd1', { reason: 'x' })).rejects.toMatchObject({
    code: 'DEPLOYMENT_ENDED',
  });
  await expect(store.update(lease, 'd9', { reason: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await store.deployment('d1')).toMatchObject({
    state: 'failed',
    reason: 'no',
    release: 4,
    startedAt: at,
  });
});

it('numbers releases by commit and spec, and gives the same number again', async () => {
  const { store } = world;
  const wanted = {
    ...key,
    sha: 'c'.repeat(40),
    title: 't',
    author: 'a',
    specs: [{ rollout: { smoke: [] } } as never],
    specHash: 'h1',
    deployment: 'd1',
    createdAt: at,
  };
  const first = await store.ensureRelease(lease, wanted);
  const again = await store.ensureRelease(lease, { ...wanted, deployment: 'd2' });
  const other = await store.ensureRelease(lease, { ...wanted, specHash: 'h2' });
  const { specs, ...fields } = wanted;
  const part = { spec: specs[0], image: 'siskin/shop-production:r1', imageId: null };
  expect(first).toEqual({ ...fields, release: 1, services: [part], servedWell: false });
  expect(again).toEqual(first);
  expect(other.release).toBe(2);
  await store.updateRelease(lease, { ...withImage(first, 'sha256:1'), servedWell: true });
  expect(await store.release(key, 1)).toMatchObject({
    servedWell: true,
    services: [{ ...part, imageId: 'sha256:1' }],
  });
  expect((await store.releases(key)).map(({ release }) => release)).toEqual([1, 2]);
  expect(await store.release(key, 3)).toBeNull();
  await expect(store.updateRelease(lease, { ...first, release: 9 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

it('reads releases of a version that knew one service only, and writes the only one of an app as that did', async () => {
  const { store, context } = world;
  const old = {
    ...key,
    sha: 'c'.repeat(40),
    title: 't',
    author: 'a',
    spec: { service: 'web', rollout: { smoke: [] } },
    specHash: 'h1',
    imageId: 'sha256:1',
    deployment: 'd1',
    createdAt: at,
    servedWell: true,
  };
  await context.redis.hset(context.keys.releases(key), '4', JSON.stringify(old));
  const release = await store.release(key, 4);
  expect(release).toMatchObject({
    release: 4,
    services: [{ spec: old.spec, image: 'siskin/shop-production:r4', imageId: 'sha256:1' }],
  });
  if (release) await store.updateRelease(lease, release);
  expect(JSON.parse((await context.redis.hget(context.keys.releases(key), '4')) ?? '')).toEqual(old);
});

it('keeps the services of a release in order; those that are built alike have one image', async () => {
  const { store } = world;
  const spec = (service: string, context: string) =>
    ({ service, build: { context, dockerfile: 'Dockerfile', args: {} }, rollout: { smoke: [] } }) as never;
  const specs = [spec('web', '.'), spec('jobs', '.'), spec('api', 'api')];
  const wanted = { ...key, sha: 'c'.repeat(40), title: 't', author: 'a', specHash: 'h3', deployment: 'd1' };
  const made = await store.ensureRelease(lease, { ...wanted, createdAt: at, specs });
  expect(made.services.map(({ image }) => image)).toEqual([
    'siskin/shop-production-web:r1',
    'siskin/shop-production-web:r1',
    'siskin/shop-production-api:r1',
  ]);
  await store.updateRelease(lease, withImage(made, 'sha256:7'));
  expect(await store.release(key, 1)).toEqual(withImage(made, 'sha256:7'));
});

it('threat 27: writes lost releases anew, once, and gives no number twice', async () => {
  const { store, context } = world;
  const lost = {
    ...key,
    release: 7,
    sha: 'e'.repeat(40),
    title: 't',
    author: 'a',
    services: [
      { spec: { rollout: { smoke: [] } } as never, image: 'siskin/shop-production:r7', imageId: 'sha256:7' },
    ],
    specHash: 'h7',
    deployment: 'd41',
    createdAt: at,
    servedWell: true,
  };
  await store.restoreReleases(lease, key, [lost, { ...lost, release: 6, specHash: 'h6' }], [41, 39]);
  await store.restoreReleases(lease, key, [{ ...lost, release: 99 }], [99]);
  expect((await store.releases(key)).map(({ release }) => release)).toEqual([6, 7]);
  expect(await store.release(key, 7)).toEqual(lost);
  const { release: _number, services, servedWell: _well, ...rest } = lost;
  const wanted = { ...rest, specs: services.map(({ spec }) => spec) };
  expect((await store.ensureRelease(lease, wanted)).release).toBe(7);
  expect((await store.ensureRelease(lease, { ...wanted, specHash: 'new' })).release).toBe(8);
  expect(Number(await context.redis.get(`${context.keys.prefix}deployment-counter`))).toBe(41);
});

it('keeps what serves', async () => {
  await world.store.setServing(lease, key, { current: 2, previous: 1 });
  expect(await world.store.environment(key)).toEqual({
    ...key,
    wanted: 'd1',
    current: 2,
    previous: 1,
    frozen: null,
    running: null,
  });
  await world.store.setServing(lease, key, { current: null, previous: null });
  expect(await world.store.environment(key)).toMatchObject({ current: null, previous: null });
});

it('keeps the journal in order and the log bounded', async () => {
  const { store, context } = world;
  await store.append(lease, 'd1', [entry(1), entry(2)]);
  await store.append(lease, 'd1', [entry(3)]);
  expect(await store.journal('d1')).toEqual([entry(1), entry(2), entry(3)]);

  await store.log('d1', ['ä'.repeat(10_000)]);
  for (let round = 0; round < 6; round += 1) {
    await store.log(
      'd1',
      Array.from({ length: 1_000 }, (_, line) => `line ${round} ${line}`),
    );
  }
  const lines = await context.redis.xlen(context.keys.log('d1'));
  expect(lines).toBeGreaterThanOrEqual(5_000);
  expect(lines).toBeLessThanOrEqual(5_200);
});

it('cuts a line at 4 KB without splitting a character', async () => {
  await world.store.log('d1', ['ä'.repeat(10_000)]);
  const [line] = await world.context.redis.xrange(world.context.keys.log('d1'), '-', '+');
  const text = line?.[1][1] ?? '';
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_096);
  expect(text).toMatch(/^ä+…$/);
});

it('gives a command, tells who waits, and refuses it after the end', async () => {
  const { audit, history, store, context } = world;
  const signals = new RedisSignals(context, await world.connect('subscriber'), (error) => {
    throw error;
  });
  let heard = () => {};
  const called = () => new Promise<void>((resolve) => (heard = resolve));
  const first = called();
  const stop = signals.onChange(key, () => heard());
  await first;
  const second = called();
  await history.addCommand('d1', 'cancel', { ...testAudit, action: 'cancel' });
  await second;
  await history.addCommand('d1', 'cancel', { ...testAudit, action: 'cancel' });
  await history.addCommand('d1', 'promote', { ...testAudit, action: 'promote' });
  expect(await store.commands('d1')).toEqual(['cancel', 'promote']);
  expect((await audit.page({}, 9)).entries.map(({ action }) => action)).toEqual([
    'promote',
    'cancel',
    'push',
  ]);
  await store.update(lease, 'd1', { state: 'cancelled' });
  await expect(history.addCommand('d1', 'promote', testAudit)).rejects.toMatchObject({
    code: 'DEPLOYMENT_ENDED',
  });
  await expect(history.addCommand('d7', 'promote', testAudit)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  stop();
});

it('keeps a repeated promote, and cancel or rollback once in a row', async () => {
  const { audit, history, store, context } = world;
  const given = ['promote', 'promote', 'rollback', 'rollback', 'promote', 'cancel', 'cancel'] as const;
  for (const command of given) await history.addCommand('d1', command, { ...testAudit, action: command });
  expect(await store.commands('d1')).toEqual(['promote', 'promote', 'rollback', 'promote', 'cancel']);
  expect((await audit.page({}, 99)).entries.filter(({ action }) => action === 'promote')).toHaveLength(3);
  for (let round = 0; round < 120; round += 1) await history.addCommand('d1', 'promote', testAudit);
  expect(await context.redis.llen(context.keys.commands('d1'))).toBe(100);
});

it('tells of a new push too', async () => {
  const signals = new RedisSignals(world.context, await world.connect('subscriber'), () => {});
  let calls = 0;
  const pushed = new Promise<void>((resolve) => {
    signals.onChange(key, () => {
      calls += 1;
      // The first call says that the subscription stands.
      if (calls === 1) void world.ledger.record('', [pushOf('y')], testAudit);
      else resolve();
    });
  });
  await pushed;
  expect((await world.store.environment(key)).wanted).toBe('d2');
});

it('lists by app, environment and state, newest first', async () => {
  await world.ledger.record(
    '',
    [pushOf('y', { app: 'blog' }), pushOf('y', { environment: 'test' })],
    testAudit,
  );
  await world.store.update(lease, 'd1', { state: 'failed' });
  const ids = async (filter: Parameters<typeof world.history.list>[0]) =>
    (await world.history.list(filter)).map(({ id }) => id);
  expect(await ids({ limit: 200 })).toEqual(['d3', 'd2', 'd1']);
  expect(await ids({ limit: 2 })).toEqual(['d3', 'd2']);
  expect(await ids({ limit: 9, app: 'shop' })).toEqual(['d3', 'd1']);
  expect(await ids({ limit: 9, ...key })).toEqual(['d1']);
  expect(await ids({ limit: 9, state: 'queued' })).toEqual(['d3', 'd2']);
});

it('follows journal and log to the end, and goes on from a cursor', async () => {
  const { store, context } = world;
  const seen: string[] = [];
  const cursors: string[] = [];
  const never = new AbortController().signal;
  await store.append(lease, 'd1', [entry(1)]);
  await store.log('d1', ['one']);
  for await (const event of followDeployment(context, 'd1', undefined, never)) {
    seen.push(event.kind === 'log' ? event.line : event.kind);
    cursors.push(event.cursor);
    if (seen.length === 2) {
      await store.log('d1', ['two']);
      await store.update(lease, 'd1', { state: 'failed', reason: 'no' });
    }
  }
  expect(seen).toEqual(['journal', 'one', 'two', 'end']);

  const rest: string[] = [];
  for await (const event of followDeployment(context, 'd1', cursors[1], never)) rest.push(event.kind);
  expect(rest).toEqual(['log', 'end']);
  const all: string[] = [];
  for await (const event of followDeployment(context, 'd1', 'nonsense', never)) all.push(event.kind);
  expect(all).toEqual(['journal', 'log', 'log', 'end']);
});
