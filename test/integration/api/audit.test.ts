import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '../../../src/api/authentication.ts';
import { auditListSchema } from '../../../src/api/schemas.ts';
import { startApi } from '../../support/redis-api.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
let api: Awaited<ReturnType<typeof startApi>>;
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

const page = async (query = '') => {
  const response = await api.get(`/api/v1/audit${query}`, 'admin');
  expect(response.status).toBe(200);
  return auditListSchema.parse(await response.json());
};
const actionsOf = async (query = '') => (await page(query)).entries.map(({ action }) => action);

describe('the audit log', () => {
  it('tells of everything that was done, by whom, from where, of which environment and deployment', async () => {
    await world.ledger.record('', [pushOf('x')], testAudit);
    await api.post(`${actions}/freeze`, { reason: 'sale' });
    await api.post(`${actions}/cancel`, undefined, 'admin');
    const { entries, next } = await page();
    expect(next).toBeNull();
    const from = expect.stringMatching(/127\.0\.0\.1$/);
    expect(entries).toMatchObject([
      {
        action: 'cancel',
        actor: { kind: 'api', name: 'admin' },
        from,
        environments: ['shop/production'],
        deployments: ['d1'],
      },
      { action: 'freeze', actor: { kind: 'api', name: 'deployer' }, from, detail: { reason: 'sale' } },
      { action: 'push', actor: testAudit.actor, environments: ['shop/production'], deployments: ['d1'] },
    ]);
  });

  it('is filtered', async () => {
    await world.ledger.record('', [pushOf('x')], testAudit);
    await api.post(`${actions}/freeze`);
    await world.audit.add({
      ...testAudit,
      action: 'secrets-set',
      detail: { environment: 'blog/production' },
    });
    expect(await actionsOf('?app=shop')).toEqual(['freeze', 'push']);
    expect(await actionsOf('?app=shop&environment=test')).toEqual([]);
    expect(await actionsOf('?environment=production')).toEqual(['secrets-set', 'freeze', 'push']);
    expect(await actionsOf('?actor=deployer')).toEqual(['freeze']);
    expect(await actionsOf('?actor=github&action=push')).toEqual(['push']);
  });

  it('is paged to its end, with a filter as well, without a gap or a repetition', async () => {
    const all = Array.from({ length: 1_203 }, (_, index) => index);
    const writes = all.map((index) =>
      world.audit.add({ ...testAudit, action: index % 3 === 0 ? 'third' : 'other', detail: { index } }),
    );
    await Promise.all(writes);
    const read = async (query: string) => {
      const seen: unknown[] = [];
      let before = '';
      for (;;) {
        const { entries, next } = await page(`?limit=200${query}${before}`);
        seen.push(...entries.map(({ detail }) => detail.index));
        if (next === null) return seen;
        before = `&before=${next}`;
      }
    };
    expect(await read('')).toEqual(all.toReversed());
    expect(await read('&action=third')).toEqual(all.filter((index) => index % 3 === 0).toReversed());
  });

  it.each([
    ['viewer', 403],
    ['deployer', 403],
    [null, 401],
  ])('is not for %s', async (token, status) => {
    expect((await api.get('/api/v1/audit', token)).status).toBe(status);
    expect((await api.post('/api/v1/audit/take-in', {}, token)).status).toBe(status);
  });

  it.each(['before=x', 'before=1', 'limit=0', 'limit=201', 'app=../x', 'actor=', 'sql=1'])(
    'refuses %s',
    async (query) => expect((await api.get(`/api/v1/audit?${query}`, 'admin')).status).toBe(400),
  );
});

describe('refused attempts', () => {
  const refused = async () => (await page('?action=refused')).entries;

  it('with a role too low or a wrong token are written down', async () => {
    await api.post(`${actions}/deploy`, {}, 'viewer');
    await api.post(`${actions}/cancel`, {}, 'stolen');
    expect(await refused()).toMatchObject([
      {
        actor: { kind: 'api', name: 'unknown' },
        detail: { code: 'TOKEN_MISSING', method: 'POST', path: `${actions}/cancel` },
        environments: ['shop/production'],
      },
      { actor: { kind: 'api', name: 'viewer' }, detail: { code: 'ROLE_TOO_LOW' } },
    ]);
  });

  it('of a page of another site are written down', async () => {
    await api.post(`${actions}/deploy`, {}, 'admin', { origin: 'https://evil.example' });
    expect(await refused()).toMatchObject([{ detail: { code: 'CROSS_SITE_REFUSED' } }]);
  });

  it('of somebody who shows no token and only looks are not', async () => {
    expect((await api.get('/api/v1/apps', null)).status).toBe(401);
    expect(await refused()).toEqual([]);
    expect((await api.get('/api/v1/apps', 'wrong')).status).toBe(401);
    expect(await refused()).toHaveLength(1);
  });

  it('threat 32: a flood of an address writes five entries, and every one is answered', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => api.post(`${actions}/deploy`, {}, 'stolen')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(await refused()).toHaveLength(5);
  });

  it('are answered although the log cannot be written', async () => {
    const errors: string[] = [];
    const broken = await startApi(world, {
      audit: { add: () => Promise.reject(new Error('no Redis')), page: () => Promise.reject(new Error('')) },
      log: { error: (_fields, message) => void errors.push(message) },
    });
    expect((await broken.post(`${actions}/deploy`, {}, 'viewer')).status).toBe(403);
    expect(errors).toEqual(['a refusal could not be written into the audit log']);
    await broken.close();
  });
});

describe('the command line of the server itself', () => {
  const startWithCli = () =>
    startApi(world, {
      tokens: [
        { name: 'cli', role: 'admin', hash: hashToken('cli-token'), ofCommandLine: true },
        { name: 'ci', role: 'admin', hash: hashToken('ci-token') },
      ],
    });

  it.each([
    ['cli', { 'x-siskin-user': 'ana' }, { kind: 'cli', name: 'ana' }],
    ['cli', {}, { kind: 'api', name: 'cli' }],
    ['cli', { 'x-siskin-user': 'a b<script>' }, { kind: 'api', name: 'cli' }],
    ['cli', { 'x-siskin-user': 'ana', 'x-forwarded-for': '10.0.0.1' }, { kind: 'api', name: 'cli' }],
    ['ci', { 'x-siskin-user': 'root' }, { kind: 'api', name: 'ci' }],
  ])('the token %s with %j is %j', async (token, headers, actor) => {
    const other = await startWithCli();
    expect((await other.post(`${actions}/freeze`, {}, token, headers)).status).toBe(202);
    const [entry] = (await world.audit.page({}, 1)).entries;
    expect(entry).toMatchObject({ action: 'freeze', actor });
    await other.close();
  });
});
