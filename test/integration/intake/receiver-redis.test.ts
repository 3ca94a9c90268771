import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitForRedis } from '../../../src/adapters/redis/connect.ts';
import { startReceiver, testSecret } from '../../support/github-receiver.ts';
import { pushPayload, signedWebhook } from '../../support/github-webhook.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, type RedisWorld } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  receiver = await startReceiver({ ledger: world.ledger });
});
afterEach(async () => {
  await receiver.close();
  await world.close();
});

const push = (delivery: string, message = 'A change') =>
  fetch(receiver.url, signedWebhook(testSecret, pushPayload({ message }), { delivery }));

it('a hundred pushes at once are each accounted for: deployed or superseded, none lost', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, at) => push(randomUUID(), `change ${at}`)),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const bodies = (await Promise.all(answers.map((one) => one.json()))) as {
    deliveries: { deployment: string }[];
  }[];
  const promised = bodies.flatMap(({ deliveries }) => deliveries.map(({ deployment }) => deployment));
  expect(new Set(promised).size).toBe(200);

  const recorded = await world.history.list({ limit: 200 });
  expect(new Set(recorded.map(({ id }) => id))).toEqual(new Set(promised));
  const queued = recorded.filter(({ state }) => state === 'queued');
  expect(queued.map(({ app }) => app).sort()).toEqual(['shop', 'shop-api']);
  for (const app of ['shop', 'shop-api']) {
    const { wanted } = await world.store.environment({ app, environment: 'production' });
    expect(queued.map(({ id }) => id)).toContain(wanted);
  }
  expect(recorded.filter(({ state }) => state === 'superseded')).toHaveLength(198);
});

it('answers 503 while Redis is dead, with nothing half-recorded, and takes the same delivery when it is back', async () => {
  const delivery = randomUUID();
  expect((await push(randomUUID())).status).toBe(202);
  await redis.kill();
  const refused = await push(delivery);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await refused.json()).toMatchObject({ error: { code: 'STORE_UNAVAILABLE' } });

  await redis.start();
  await waitForRedis(world.context.redis, 10_000);
  expect(await world.history.list({ limit: 10 })).toHaveLength(2);
  const keys = await world.context.redis.keys(`${world.context.keys.prefix}delivery:${delivery}`);
  expect(keys).toEqual([]);
  expect((await push(delivery)).status).toBe(202);
  expect(await world.history.list({ limit: 10 })).toHaveLength(4);
});

it('records a delivery for both apps or for none when it is sent twice at once', async () => {
  const delivery = randomUUID();
  const statuses = (await Promise.all([push(delivery), push(delivery), push(delivery)])).map(
    ({ status }) => status,
  );
  expect(statuses.sort((a, b) => a - b)).toEqual([200, 200, 202]);
  expect(await world.history.list({ limit: 10 })).toHaveLength(2);
});

it('keeps an ignored push with its reason in the audit log', async () => {
  const ignored = signedWebhook(testSecret, pushPayload({ message: '[skip ci]' }));
  expect((await fetch(receiver.url, ignored)).status).toBe(200);
  const [entry] = (await world.audit.page({}, 1)).entries;
  expect(entry).toMatchObject({ action: 'push', actor: { kind: 'github', name: 'ana' }, from: '127.0.0.1' });
  expect(entry?.detail.ignored).toContain('shop/production: skip-requested');
});
