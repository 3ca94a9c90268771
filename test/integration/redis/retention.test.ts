import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { redisMemory } from '../../../src/adapters/redis/memory.ts';
import { RedisRetention } from '../../../src/adapters/redis/retention.ts';
import { storeContext } from '../../../src/adapters/redis/store-context.ts';
import { startMaintenance } from '../../../workers/maintenance.ts';
import { pastDeployment, releaseOf, withLease } from '../../support/redis-past.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';
import { withImage } from '../../support/specs.ts';

let redis: TestRedis;
let world: RedisWorld;
let retention: RedisRetention;
const key = { app: 'shop', environment: 'production' };
const policy = { keep: 50, maxAgeMs: 90 * 24 * 3_600_000 };
const now = () => new Date();

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  retention = new RedisRetention(world.context);
});
afterEach(() => world.close());

/** All keys of this test's world but BullMQ's, whose wake-ups nobody works off here. */
async function allKeys(): Promise<string[]> {
  const { redis: connection, keys } = world.context;
  const found = await connection.keys(`${keys.prefix}*`);
  return found.map((name) => name.slice(keys.prefix.length)).filter((name) => !name.startsWith('bull:'));
}

const idsOnRecord = (): Promise<string[]> =>
  world.context.redis.zrange(world.context.keys.history(key), '0', '-1');

async function makePast(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) await pastDeployment(world, key);
}

it('1,000 deployments leave the keys of those that stay, and 500 more leave no key more', async () => {
  await makePast(1_000);
  expect((await allKeys()).length).toBeGreaterThan(4_000);
  expect(await retention.run(policy, now())).toEqual({ deployments: 950, releases: 950 });
  const ids = Array.from({ length: 50 }, (_, index) => `d${951 + index}`);
  const perEnvironment = ['environment', 'history', 'releases', 'release-index'];
  const expected = [
    ...ids.flatMap((id) =>
      ['', ':journal', ':log', ':commands', ':people'].map((part) => `deployment:${id}${part}`),
    ),
    ...perEnvironment.map((name) => `${name}:shop/production`),
    ...['audit', 'deployment-counter', 'environments', 'figures:deployments', 'history', 'outbox'],
  ];
  expect((await allKeys()).sort()).toEqual(expected.sort());
  const { redis: connection, keys } = world.context;
  expect(await connection.hlen(keys.releases(key))).toBe(50);
  expect(await connection.hlen(`${keys.prefix}release-index:shop/production`)).toBe(50);
  expect(await connection.zcard(keys.history())).toBe(50);

  await makePast(500);
  await retention.run(policy, now());
  expect(await allKeys()).toHaveLength(expected.length);
  expect(await retention.run(policy, now())).toEqual({ deployments: 0, releases: 0 });
});

it('keeps what serves, what has an image and what is wanted, whatever its age', async () => {
  const finishedAt = new Date(Date.now() - 2 * policy.maxAgeMs).toISOString();
  const serving = await pastDeployment(world, key, { end: 'succeeded', finishedAt });
  const imaged = await pastDeployment(world, key, { end: 'succeeded', finishedAt, image: true });
  const gone = await pastDeployment(world, key, { end: 'succeeded', finishedAt });
  const wanted = await pastDeployment(world, key, { finishedAt });
  await withLease(world, key, (lease) =>
    world.store.setServing(lease, key, { current: serving.release.release, previous: null }),
  );
  expect(await retention.run(policy, now())).toEqual({ deployments: 1, releases: 1 });
  expect(await idsOnRecord()).toEqual([serving.id, imaged.id, wanted.id]);
  expect((await world.store.releases(key)).map(({ deployment }) => deployment)).not.toContain(gone.id);
  expect((await world.history.list({ limit: 9 })).map(({ id }) => id)).toEqual([
    wanted.id,
    imaged.id,
    serving.id,
  ]);
  expect(await world.history.get(gone.id)).toBeNull();
});

it('several at once forget each thing once', async () => {
  await makePast(300);
  const others = await Promise.all(
    [1, 2, 3].map(async () =>
      new RedisRetention(storeContext(await world.connect('commands'), world.context.keys.prefix)).run(
        policy,
        now(),
      ),
    ),
  );
  const sum = others.reduce((total, one) => total + one.deployments, 0);
  expect(sum).toBe(250);
  expect(await idsOnRecord()).toHaveLength(50);
});

/** What would be forgotten if it went by what was read before something changed. */
async function forgetAnyway(deployments: string[], releases: string[][], since = 1): Promise<unknown> {
  const ended = JSON.stringify(['"failed"', '"succeeded"']);
  const lists = [JSON.stringify(deployments), since, JSON.stringify(releases)];
  return world.context.run('siskinForget', 'shop/production', ended, ...lists);
}

async function recordOf(release: number): Promise<string[]> {
  const { redis: connection, keys } = world.context;
  const text = (await connection.hget(keys.releases(key), String(release))) ?? '';
  const { sha, specHash } = JSON.parse(text) as { sha: string; specHash: string };
  return [String(release), `${sha}:${specHash}`, text];
}

it('looks again in the moment of forgetting: what has become wanted or goes on stays', async () => {
  await pastDeployment(world, key);
  await world.ledger.record('', [pushOf('')], testAudit);
  await withLease(world, key, (lease) => world.store.update(lease, 'd2', { state: 'fetching' }));
  await pastDeployment(world, key);
  expect(await forgetAnyway(['d1', 'd2', 'd3'], [])).toEqual([1, 0]);
  expect(await idsOnRecord()).toEqual(['d2', 'd3']);
});

it('forgets no release that a worker may be about to take, has taken, or has changed', async () => {
  const { release } = await pastDeployment(world, key);
  const record = await recordOf(release.release);
  await withLease(world, key, async (lease) => {
    await world.ledger.record('', [pushOf('')], testAudit);
    await world.store.update(lease, 'd2', { state: 'fetching' });
    expect(await forgetAnyway([], [record], 2)).toEqual([0, 0]);
    const taken = await world.store.ensureRelease(lease, { ...releaseOf(key, 'd1'), createdAt: '' });
    await world.store.update(lease, 'd2', { release: taken.release });
    await world.store.update(lease, 'd2', { state: 'building' });
    expect(await forgetAnyway([], [record], 2)).toEqual([0, 0]);
    await world.store.updateRelease(lease, withImage(taken, 'sha256:1'));
    await world.store.update(lease, 'd2', { state: 'failed', release: 99 });
    expect(await forgetAnyway([], [record], 2)).toEqual([0, 0]);
    await world.store.updateRelease(lease, withImage(taken, null));
    const withoutImage = await recordOf(release.release);
    await world.store.setServing(lease, key, { current: taken.release, previous: null });
    expect(await forgetAnyway([], [withoutImage], 2)).toEqual([0, 0]);
    await world.store.setServing(lease, key, { current: null, previous: null });
    expect(await forgetAnyway([], [withoutImage], 2)).toEqual([0, 1]);
  });
});

it('drops what a late worker says of a deployment that was forgotten', async () => {
  await pastDeployment(world, key);
  await pastDeployment(world, key);
  expect(await forgetAnyway(['d1'], [])).toEqual([1, 0]);
  await withLease(world, key, (lease) =>
    world.store.append(lease, 'd1', [{ t: 1, at: '', event: { type: 'run-began' } }]),
  );
  await world.store.log('d1', ['late']);
  expect((await allKeys()).filter((name) => name.startsWith('deployment:d1'))).toEqual([]);
});

it('gives a release that comes again another number', async () => {
  const { release } = await pastDeployment(world, key);
  await pastDeployment(world, key);
  await forgetAnyway(['d1'], [await recordOf(release.release)], 2);
  const again = await withLease(world, key, (lease) =>
    world.store.ensureRelease(lease, { ...releaseOf(key, 'd1'), createdAt: '' }),
  );
  expect(again.release).toBe(3);
});

it('one environment that cannot be read does not keep the others from being tidied', async () => {
  const other = { app: 'blog', environment: 'production' };
  for (const one of [key, other]) {
    await pastDeployment(world, one, { finishedAt: new Date(0).toISOString() });
    await pastDeployment(world, one);
  }
  await world.context.redis.hset(world.context.keys.deployment('d1'), 'state', 'no JSON');
  await expect(retention.run(policy, now())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await world.context.redis.zrange(world.context.keys.history(other), '0', '-1')).toEqual(['d4']);
});

/** What the maintenance says first. */
async function firstLines(): Promise<object[]> {
  const told = new EventTarget();
  const lines: object[] = [];
  const log = {
    info: (line: object) => {
      lines.push(line);
      told.dispatchEvent(new Event('line'));
    },
    warn: (line: object) => log.info(line),
  };
  const line = once(told as never, 'line');
  const maintenance = startMaintenance({
    config: { history: policy },
    store: { context: world.context },
    log: log as never,
  });
  await line;
  await maintenance.stop();
  return lines;
}

it('is run by the maintenance when it starts, and tells of it in one line', async () => {
  await makePast(60);
  expect(await firstLines()).toEqual([{ deployments: 10, releases: 10 }]);
  expect(await idsOnRecord()).toHaveLength(50);
});

it('the maintenance warns of a Redis that is nearly full', async () => {
  const { redis: connection } = world.context;
  const { usedBytes, maxBytes } = await redisMemory(connection);
  expect(maxBytes).toBeNull();
  const maximum = Math.round(usedBytes * 1.1);
  await connection.call('CONFIG', 'SET', 'maxmemory', maximum);
  try {
    expect(await firstLines()).toEqual([{ usedBytes: expect.any(Number), maxBytes: maximum }]);
  } finally {
    await connection.call('CONFIG', 'SET', 'maxmemory', 0);
  }
});
