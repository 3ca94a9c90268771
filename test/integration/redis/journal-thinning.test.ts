import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { followDeployment } from '../../../src/adapters/redis/deployment-events.ts';
import { RedisJournalThinning } from '../../../src/adapters/redis/journal-thinning.ts';
import type { JournalEvent } from '../../../src/domain/journal.ts';
import { pastDeployment } from '../../support/redis-past.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, type RedisWorld } from '../../support/redis-world.ts';

const key = { app: 'shop', environment: 'production' };
const longAgo = '2026-01-01T00:00:00.000Z';
let redis: TestRedis;
let world: RedisWorld;
let thinning: RedisJournalThinning;
beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  thinning = new RedisJournalThinning(world.context);
});
afterEach(() => world.close());

/** What a watch of ten minutes leaves, with one failure in it. */
const watched = (): [number, JournalEvent][] => [
  [0, { type: 'state', state: 'watching' }],
  ...Array.from({ length: 600 }, (_, second): [number, JournalEvent] => [
    1_000 * (second + 1),
    {
      type: 'tick',
      ...{ nc: 30, ec: second === 300 ? 1 : 0, nb: 0, eb: 0, source: 'prometheus' },
      counters: { 'r2-1': { requests: 30 * second, failures: 1, connectionFailures: 0 } } as never,
      measures: { u: 0.1234, v: 1, d: 0.4321 },
    },
  ]),
];
const bytesOf = async (id: string): Promise<number> => {
  const { redis: connection, keys } = world.context;
  return (await connection.memory('USAGE', keys.journal(id), 'SAMPLES', 0)) ?? 0;
};
const ticksOf = async (id: string) =>
  (await world.store.journal(id)).flatMap(({ event }) => (event.type === 'tick' ? [event] : []));

it('a long watch takes a fraction afterwards, with every request counted, once', async () => {
  const { id } = await pastDeployment(world, key, { finishedAt: longAgo, journal: watched() });
  const before = await bytesOf(id);
  expect(await thinning.run(new Date())).toBe(1);
  expect((await bytesOf(id)) / before).toBeLessThan(0.15);
  const ticks = await ticksOf(id);
  expect(ticks.reduce((sum, { nc }) => sum + nc, 0)).toBe(18_000);
  expect(ticks.reduce((sum, { ec }) => sum + ec, 0)).toBe(1);
  expect((await world.store.journal(id)).at(-1)?.event.type).toBe('finished');
  expect(await thinning.run(new Date())).toBe(0);
});

it('who follows it goes on at the place where he was', async () => {
  const { id } = await pastDeployment(world, key, { finishedAt: longAgo, journal: watched() });
  const read = async (cursor?: string) => {
    const cursors: string[] = [];
    for await (const event of followDeployment(world.context, id, cursor, new AbortController().signal))
      cursors.push(event.cursor);
    return cursors;
  };
  const middle = (await read())[300];
  await thinning.run(new Date());
  const [whole, rest] = [await read(), await read(middle)];
  expect(rest).toEqual(whole.slice(-rest.length));
  // of 600 s, 301 were read: 30 ticks, what ended it and the end, give or take where a tick begins
  expect(rest.length).toBeGreaterThan(28);
  expect(rest.length).toBeLessThan(36);
});

it('what goes on, has just ended or is short is let be', async () => {
  const ended = await pastDeployment(world, key, { journal: watched() });
  const short = await pastDeployment(world, key, { finishedAt: longAgo, journal: watched().slice(0, 50) });
  const open = await pastDeployment(world, key, { finishedAt: longAgo, journal: watched() });
  const { redis: connection, keys } = world.context;
  await connection.hset(keys.deployment(open.id), 'state', '"watching"');
  expect(await thinning.run(new Date())).toBe(0);
  expect(await ticksOf(ended.id)).toHaveLength(600);
  expect(await ticksOf(short.id)).toHaveLength(49);
  expect(await ticksOf(open.id)).toHaveLength(600);
});

it('one that grew while it was read is replaced at the next time', async () => {
  const { id } = await pastDeployment(world, key, { finishedAt: longAgo, journal: watched() });
  const { redis: connection, keys } = world.context;
  expect(await world.context.run('siskinThinJournal', id, 602, '1-1', '1-1', '{}')).toBe(0);
  expect(await world.context.run('siskinThinJournal', id, 601, '1-1', '1-1', '{}')).toBe(0);
  expect(await connection.xlen(keys.journal(id))).toBe(602);
  expect(await thinning.run(new Date())).toBe(1);
});

it('one that cannot be read does not keep the others from being shortened', async () => {
  const broken = await pastDeployment(world, key, { finishedAt: longAgo, journal: watched() });
  await pastDeployment(world, key, { finishedAt: longAgo, journal: watched() });
  const { redis: connection, keys } = world.context;
  await connection.xadd(keys.journal(broken.id), '*', 'entry', 'no JSON');
  await expect(thinning.run(new Date())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await connection.xlen(keys.journal('d2'))).toBeLessThan(100);
});
