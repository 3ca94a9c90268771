import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  appListSchema,
  deploymentListSchema,
  deploymentSchema,
  errorSchema,
} from '../../../src/api/schemas.ts';
import type { Lease } from '../../../src/pipeline/ports.ts';
import { startApi } from '../../support/redis-api.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';
import { withImage } from '../../support/specs.ts';

let redis: TestRedis;
let world: RedisWorld;
let api: Awaited<ReturnType<typeof startApi>>;
const key = { app: 'shop', environment: 'production' };
const actions = '/api/v1/apps/shop/environments/production';

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

const push = () => world.ledger.record('', [pushOf('x')], testAudit);
const holdLease = async (): Promise<Lease> => {
  const lease = await world.leases.acquire(key);
  if (!lease) throw new Error('the lease is free');
  return lease;
};
const errorOf = async (response: Response) => {
  const { error } = errorSchema.parse(await response.json());
  expect(error.hint).not.toBe('');
  return [response.status, error.code];
};
const releaseOf = (lease: Lease, sha: string) =>
  world.store.ensureRelease(lease, {
    ...key,
    sha,
    title: 't',
    author: 'a',
    specs: [{ rollout: {} } as never],
    specHash: 'h',
    deployment: 'd1',
    createdAt: '',
  });

describe('reading', () => {
  it('lists apps with what runs', async () => {
    const lease = await holdLease();
    await world.store.setServing(lease, key, { current: 3, previous: 2 });
    await lease.release();
    await push();
    const { apps } = appListSchema.parse(await (await api.get('/api/v1/apps')).json());
    expect(apps[0]?.environments[0]).toMatchObject({
      current: 'r3',
      previous: 'r2',
      wanted: 'd1',
      branch: 'release',
    });
  });

  it('lists deployments and shows one', async () => {
    await push();
    await push();
    const listed = await api.get('/api/v1/deployments?app=shop&environment=production&state=queued&limit=5');
    const { deployments } = deploymentListSchema.parse(await listed.json());
    expect(deployments.map(({ id }) => id)).toEqual(['d2']);
    const shown = deploymentSchema.parse(await (await api.get('/api/v1/deployments/d1')).json());
    expect(shown).toMatchObject({
      id: 'd1',
      state: 'superseded',
      supersededBy: 'd2',
      actor: { name: 'ana' },
    });
    expect(await errorOf(await api.get('/api/v1/deployments/d99'))).toEqual([404, 'NOT_FOUND']);
  });

  it.each([
    ['/api/v1/deployments?limit=0'],
    ['/api/v1/deployments?limit=201'],
    ['/api/v1/deployments?state=fine'],
    ['/api/v1/deployments?unknown=1'],
    ['/api/v1/deployments?app=a&app=b'],
    ['/api/v1/deployments/42'],
  ])('400 for %s', async (path) => {
    expect(await errorOf(await api.get(path))).toEqual([400, 'REQUEST_INVALID']);
  });

  it.each([['../../x'], ['a;rm'], ['a'.repeat(200)], ['schön'], ['-x'], ['__proto__']])(
    'threat 20: the app name %s is a clear error',
    async (name) => {
      const path = `/api/v1/apps/${encodeURIComponent(name)}/environments/production/deploy`;
      expect(await errorOf(await api.post(path, {}))).toEqual([400, 'REQUEST_INVALID']);
      const query = await api.get(`/api/v1/deployments?app=${encodeURIComponent(name)}`);
      expect(await errorOf(query)).toEqual([400, 'REQUEST_INVALID']);
    },
  );

  it('answers 404 in its own words elsewhere, and 400 for an address that cannot be decoded', async () => {
    expect(await errorOf(await api.get('/api/v2/x'))).toEqual([404, 'NOT_FOUND']);
    expect(await errorOf(await api.get('/api/v1/deployments/%E0%A4%A'))).toEqual([400, 'REQUEST_INVALID']);
  });
});

describe('acting', () => {
  it('deploys the head, a commit, a release; the queued one before is superseded', async () => {
    const lease = await holdLease();
    const release = await releaseOf(lease, 'c'.repeat(40));
    await world.store.updateRelease(lease, withImage(release, 'sha256:1'));
    await lease.release();
    const head = await api.post(`${actions}/deploy`);
    expect([head.status, await head.json()]).toEqual([
      202,
      { deployment: 'd1', command: null, superseded: null },
    ]);
    const commit = await api.post(`${actions}/deploy`, { sha: 'c'.repeat(40) });
    expect(await commit.json()).toMatchObject({ deployment: 'd2', superseded: 'd1' });
    await api.post(`${actions}/deploy`, { ref: 'refs/heads/release' });
    await api.post(`${actions}/deploy`, { release: 'r1' });
    const targets = (await world.history.list({ limit: 9 })).map(({ target }) => target.kind);
    expect(targets).toEqual(['release', 'branch', 'commit', 'branch']);
    expect(await world.wakeUps.depth()).toMatchObject({ waiting: 1 });
    const [audited] = (await world.audit.page({}, 1)).entries;
    expect(audited).toMatchObject({
      actor: { kind: 'api', name: 'deployer' },
      from: '127.0.0.1',
      action: 'deploy',
    });
  });

  it.each([
    ['another branch', { ref: 'main' }],
    ['a short SHA', { sha: 'abc1234' }],
    ['two targets', { ref: 'release', sha: 'c'.repeat(40) }],
    ['an unknown field', { sha: 'c'.repeat(40), force: true }],
    ['something else than an object', '[]'],
    ['something else than JSON', '{'],
    ['a release that is no name', { release: 7 }],
  ])('400 for %s', async (_name, body) => {
    expect(await errorOf(await api.post(`${actions}/deploy`, body))).toEqual([400, 'REQUEST_INVALID']);
    expect(await world.history.list({ limit: 9 })).toEqual([]);
  });

  it('refuses a body that is not declared as JSON rather than overlooking it', async () => {
    const response = await api.post(`${actions}/deploy`, '{"sha":"x"}', 'deployer', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(await errorOf(response)).toEqual([400, 'REQUEST_INVALID']);
  });

  it('refuses more than 64 KB, and compressed bodies', async () => {
    expect(await errorOf(await api.post(`${actions}/deploy`, { ref: 'x'.repeat(70_000) }))).toEqual([
      413,
      'BODY_TOO_LARGE',
    ]);
    const compressed = await api.post(`${actions}/deploy`, {}, 'deployer', { 'content-encoding': 'gzip' });
    expect(await errorOf(compressed)).toEqual([415, 'BODY_ENCODING_REFUSED']);
  });

  it('rolls back to the release before, to a named one that was built, and to no other', async () => {
    expect(await errorOf(await api.post(`${actions}/rollback`))).toEqual([409, 'NO_PREVIOUS_RELEASE']);
    const lease = await holdLease();
    const built = await releaseOf(lease, 'c'.repeat(40));
    await releaseOf(lease, 'd'.repeat(40));
    await world.store.updateRelease(lease, withImage(built, 'sha256:1'));
    await world.store.setServing(lease, key, { current: 2, previous: 1 });
    await lease.release();
    expect(await errorOf(await api.post(`${actions}/rollback`, { release: 'r2' }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    expect(await errorOf(await api.post(`${actions}/rollback`, { release: 'r9' }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    const response = await api.post(`${actions}/rollback`);
    expect(await response.json()).toMatchObject({ deployment: 'd1', command: null });
    expect((await world.store.deployment('d1'))?.target).toEqual({ kind: 'release', release: 1 });
  });

  it('commands the deployment that runs, also while a newer one waits', async () => {
    expect(await errorOf(await api.post(`${actions}/cancel`))).toEqual([409, 'NOTHING_RUNNING']);
    await push();
    const lease = await holdLease();
    for (const state of ['fetching', 'building', 'preparing', 'canary'] as const) {
      await world.store.update(lease, 'd1', { state });
    }
    await push();
    const promoted = await api.post(`${actions}/promote`);
    expect(await promoted.json()).toEqual({ deployment: 'd1', command: 'promote', superseded: null });
    expect(await (await api.post(`${actions}/rollback`)).json()).toMatchObject({
      deployment: 'd1',
      command: 'rollback',
    });
    await api.post(`${actions}/cancel`, {});
    expect(await world.store.commands('d1')).toEqual(['promote', 'rollback', 'cancel']);
    await lease.release();
  });

  it('says what is not configured', async () => {
    const unknown = await api.post('/api/v1/apps/shop/environments/staging/deploy');
    expect(await errorOf(unknown)).toEqual([404, 'NOT_FOUND']);
  });
});

describe('freezing', () => {
  const frozenOf = async () => {
    const { apps } = appListSchema.parse(await (await api.get('/api/v1/apps')).json());
    return apps[0]?.environments[0]?.frozen;
  };
  const answerOf = async (response: Response) => [response.status, await response.json()];
  const still = (deployment: string | null, command: string) => [
    202,
    { deployment, command, superseded: null },
  ];

  it('freezes an environment where nothing runs, tells who and why, and lets it go on', async () => {
    expect(await frozenOf()).toBeNull();
    const response = await api.post(`${actions}/freeze`, { reason: ' sale until six ' });
    expect(await answerOf(response)).toEqual(still(null, 'freeze'));
    expect(await frozenOf()).toEqual({
      by: 'deployer',
      reason: 'sale until six',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    await api.post(`${actions}/freeze`, { reason: 'another' }, 'admin');
    expect(await frozenOf()).toMatchObject({ by: 'deployer', reason: 'sale until six' });
    expect(await answerOf(await api.post(`${actions}/unfreeze`))).toEqual(still(null, 'unfreeze'));
    expect(await frozenOf()).toBeNull();
    expect((await world.audit.page({}, 9)).entries.map(({ action, detail }) => [action, detail])).toEqual([
      ['unfreeze', { environment: 'shop/production' }],
      ['freeze', { environment: 'shop/production', reason: 'sale until six' }],
    ]);
  });

  it('names the deployment that runs, not one that waits; a promotion goes on', async () => {
    await push();
    expect(await answerOf(await api.post(`${actions}/freeze`))).toEqual(still(null, 'freeze'));
    expect(await frozenOf()).toMatchObject({ reason: 'no reason given' });
    const lease = await holdLease();
    await world.store.update(lease, 'd1', { state: 'fetching' });
    await lease.release();
    await push();
    expect(await answerOf(await api.post(`${actions}/freeze`, {}))).toEqual(still('d1', 'freeze'));
    await api.post(`${actions}/rollback`);
    await api.post(`${actions}/cancel`);
    expect(await frozenOf()).not.toBeNull();
    await api.post(`${actions}/promote`);
    expect(await frozenOf()).toBeNull();
  });

  it.each([
    ['freeze', { reason: 'x'.repeat(201) }],
    ['freeze', { reason: 7 }],
    ['freeze', { until: 'six' }],
    ['unfreeze', { reason: 'x' }],
  ])('400 for %s with %o', async (action, body) => {
    expect(await errorOf(await api.post(`${actions}/${action}`, body))).toEqual([400, 'REQUEST_INVALID']);
    expect(await frozenOf()).toBeNull();
  });
});

describe('threat 26: who may', () => {
  it('401 without a token or with a wrong one, 403 with too low a role', async () => {
    for (const path of [
      '/api/v1/apps',
      '/api/v1/deployments',
      '/api/v1/deployments/d1',
      '/api/v1/deployments/d1/events',
      `${actions}/releases`,
    ]) {
      expect(await errorOf(await api.get(path, null))).toEqual([401, 'TOKEN_MISSING']);
      expect(await errorOf(await api.get(path, 'wrong'))).toEqual([401, 'TOKEN_MISSING']);
    }
    for (const action of ['deploy', 'rollback', 'promote', 'cancel', 'freeze', 'unfreeze']) {
      expect(await errorOf(await api.post(`${actions}/${action}`, {}, null))).toEqual([401, 'TOKEN_MISSING']);
      expect(await errorOf(await api.post(`${actions}/${action}`, {}, 'viewer'))).toEqual([
        403,
        'ROLE_TOO_LOW',
      ]);
    }
    expect((await api.post(`${actions}/deploy`, {}, 'admin')).status).toBe(202);
  });

  it('the page of GitHub’s links is open to all, and tells nothing but where to look', async () => {
    const there = await api.get('/deployments/d1', null);
    expect([there.status, there.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const text = await there.text();
    expect(text).toContain('siskin show d1\n');
    const unknown = await (await api.get('/deployments/d999', null)).text();
    expect(unknown).toBe(text.replaceAll('d1', 'd999'));
    const odd = await api.get('/deployments/%3Cscript%3E', null);
    expect(await errorOf(odd)).toEqual([400, 'REQUEST_INVALID']);
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
  ])('403 for a page of another site: %o', async (headers) => {
    const response = await api.post(`${actions}/deploy`, {}, 'deployer', headers);
    expect(await errorOf(response)).toEqual([403, 'CROSS_SITE_REFUSED']);
    expect(await world.history.list({ limit: 9 })).toEqual([]);
  });

  it('lets a page of its own origin act', async () => {
    const headers = { origin: api.url, 'sec-fetch-site': 'same-origin' };
    expect((await api.post(`${actions}/deploy`, {}, 'deployer', headers)).status).toBe(202);
  });

  it('gives metrics and scrape targets to this machine, and to nobody behind a proxy without a token', async () => {
    expect(await (await api.get('/metrics', null)).text()).toBe('siskin_up 1\n');
    await push();
    const lease = await holdLease();
    await world.store.setScrapeTargets(lease, key, [
      { address: '172.17.0.5:9100', path: '/stats', service: 'web', release: 3, replica: 'r3-1' },
    ]);
    await lease.release();
    const labels = { ...key, service: 'web', release: 'r3', replica: 'r3-1', __metrics_path__: '/stats' };
    const discovered = await (await api.get('/sd/prometheus', null)).json();
    expect(discovered).toEqual([{ targets: ['172.17.0.5:9100'], labels }]);
    for (const path of ['/metrics', '/sd/prometheus']) {
      const forwarded = { 'x-forwarded-for': '203.0.113.9' };
      expect(await errorOf(await api.get(path, null, forwarded))).toEqual([401, 'TOKEN_MISSING']);
      expect((await api.get(path, 'viewer', forwarded)).status).toBe(200);
    }
  });

  it('sends security headers', async () => {
    const { headers } = await api.get('/healthz', null);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('operations', () => {
  it('is alive and ready, and not ready when a check fails, without saying why to everybody', async () => {
    expect(await (await api.get('/healthz', null)).json()).toEqual({ status: 'ok' });
    const ready = await api.get('/readyz', null);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', checks: { redis: 'ok' } }]);
    const half = await startApi(world, {
      readiness: {
        redis: () => world.ledger.health(),
        docker: () => Promise.reject(new Error('secret path')),
      },
    });
    const notReady = await half.get('/readyz', null);
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toEqual({ status: 'not ready', checks: { redis: 'ok', docker: 'failed' } });
    await half.close();
  });

  it('describes itself to everybody', async () => {
    const response = await api.get('/api/v1/openapi.json', null);
    expect(await response.json()).toMatchObject({ openapi: '3.1.0' });
  });
});
