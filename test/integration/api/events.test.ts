import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventDataSchemas } from '../../../src/api/schemas.ts';
import type { Lease } from '../../../src/pipeline/ports.ts';
import { startApi } from '../../support/redis-api.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
let api: Awaited<ReturnType<typeof startApi>>;
let lease: Lease;

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  api = await startApi(world, { heartbeatMs: 50 });
  await world.ledger.record('', [pushOf('x')], testAudit);
  const held = await world.leases.acquire({ app: 'shop', environment: 'production' });
  if (!held) throw new Error('the lease is free');
  lease = held;
});
afterEach(async () => {
  await lease.release();
  await api.close();
  await world.close();
});

/** Reads a stream of events until it ends. @param onText is called with all text so far, after each piece */
async function readAll(response: Response, onText: (text: string) => Promise<void> = async () => {}) {
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    await onText(text);
  }
  const events = [...text.matchAll(/^id: (.*)\nevent: (.*)\ndata: (.*)$/gm)];
  return {
    text,
    events: events.map(([, id = '', event = '', data = '']) => ({ id, event, data: JSON.parse(data) })),
  };
}

it('streams journal and log until the deployment ends, with heartbeats, and goes on after Last-Event-ID', async () => {
  const { store } = world;
  await store.append(lease, 'd1', [{ t: 1, at: '', event: { type: 'state', state: 'fetching' } }]);
  await store.log('d1', ['line\nwith a break']);
  const response = await api.get('/api/v1/deployments/d1/events');
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let ended = false;
  const { events } = await readAll(response, async (text) => {
    if (ended || !text.includes(': heartbeat') || !text.includes('event: log')) return;
    ended = true;
    await store.log('d1', ['last words']);
    await store.update(lease, 'd1', { state: 'failed', reason: 'no' });
  });
  expect(events.map(({ event }) => event)).toEqual(['journal', 'log', 'log', 'end']);
  expect(eventDataSchemas.journal.parse(events[0]?.data).event).toEqual({ type: 'state', state: 'fetching' });
  expect(eventDataSchemas.log.parse(events[1]?.data)).toEqual({ line: 'line\nwith a break' });
  expect(eventDataSchemas.end.parse(events[3]?.data)).toEqual({ state: 'failed', reason: 'no' });

  const rest = await api.get('/api/v1/deployments/d1/events', 'viewer', {
    'last-event-id': events[1]?.id ?? '',
  });
  expect((await readAll(rest)).events.map(({ event }) => event)).toEqual(['log', 'end']);
});

it('404 for a deployment that is not', async () => {
  expect((await api.get('/api/v1/deployments/d9/events')).status).toBe(404);
});

it('stops asking Redis when the reader has gone', async () => {
  let stopped = () => {};
  const gone = new Promise<void>((resolve) => (stopped = resolve));
  const own = await startApi(world, {
    follow: async function* (_id, _cursor, signal) {
      yield { cursor: '0-0_0-0', kind: 'log' as const, line: 'one' };
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      stopped();
    },
  });
  const leaving = new AbortController();
  const headers = { authorization: 'Bearer viewer-token' };
  const response = await fetch(`${own.url}/api/v1/deployments/d1/events`, {
    headers,
    signal: leaving.signal,
  });
  await response.body?.getReader().read();
  leaving.abort();
  await gone;
  await own.close();
});
