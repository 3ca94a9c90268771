import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { deploymentListSchema, errorSchema, releaseListSchema } from '../../../src/api/schemas.ts';
import { startApi } from '../../support/redis-api.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';
import { withImage } from '../../support/specs.ts';

let redis: TestRedis;
let world: RedisWorld;
let api: Awaited<ReturnType<typeof startApi>>;
const key = { app: 'shop', environment: 'production' };
const environment = '/api/v1/apps/shop/environments/production';

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  api = await startApi(world);
});
afterEach(async () => {
  await api.close();
  await world.close();
});

it('lists what may be gone back to, newest first, and what serves', async () => {
  const lease = await world.leases.acquire(key);
  if (!lease) throw new Error('the lease is free');
  for (let number = 1; number <= 11; number += 1) {
    const sha = String(number % 10).repeat(40);
    const wanted = { ...key, sha, title: `change ${number}`, author: 'ana', specHash: 'h', deployment: 'd1' };
    const createdAt = `2026-01-01T00:00:${String(number).padStart(2, '0')}.000Z`;
    const release = await world.store.ensureRelease(lease, {
      ...{ ...wanted, specHash: `h${number}`, createdAt },
      specs: [{ rollout: {} } as never],
    });
    if (number === 10)
      await world.store.updateRelease(lease, { ...withImage(release, 'sha256:1'), servedWell: true });
  }
  await world.store.setServing(lease, key, { current: 10, previous: null });
  await lease.release();

  const { releases } = releaseListSchema.parse(await (await api.get(`${environment}/releases`)).json());
  expect(releases).toHaveLength(11);
  expect(releases.map(({ release }) => release).slice(0, 3)).toEqual(['r11', 'r10', 'r9']);
  expect(releases.slice(0, 2)).toEqual([
    {
      release: 'r11',
      sha: '1'.repeat(40),
      title: 'change 11',
      built: false,
      servedWell: false,
      current: false,
      createdAt: '2026-01-01T00:00:11.000Z',
    },
    {
      release: 'r10',
      sha: '0'.repeat(40),
      title: 'change 10',
      built: true,
      servedWell: true,
      current: true,
      createdAt: '2026-01-01T00:00:10.000Z',
    },
  ]);
});

it('says what is not configured', async () => {
  const response = await api.get('/api/v1/apps/shop/environments/staging/releases');
  const { error } = errorSchema.parse(await response.json());
  expect([response.status, error.code]).toEqual([404, 'NOT_FOUND']);
});

it('tells of every deployment what it was to bring', async () => {
  await world.ledger.record('', [pushOf('x', { forced: true })], testAudit);
  await api.post(`${environment}/deploy`, { sha: 'c'.repeat(40) });
  const request = { ...key, branch: 'release', actor: testAudit.actor, from: null, action: 'rollback' };
  await world.ledger.request({ ...request, target: { kind: 'release', release: 3 } });
  const listed = deploymentListSchema.parse(await (await api.get('/api/v1/deployments')).json());
  expect(listed.deployments.map(({ target }) => target)).toEqual([
    { kind: 'release', release: 'r3' },
    { kind: 'commit', sha: 'c'.repeat(40) },
    { kind: 'branch', pushedSha: 'a'.repeat(40), forced: true },
  ]);
});
