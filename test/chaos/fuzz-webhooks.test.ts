import { connect } from 'node:net';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FuzzedDelivery, fuzzedDelivery } from '../support/chaos-fuzz.ts';
import { beginChaos, type Chaos, sized, spread } from '../support/chaos-run.ts';
import { startReceiver, testSecret } from '../support/github-receiver.ts';
import { pushPayload, signedWebhook } from '../support/github-webhook.ts';
import { startRedis, type TestRedis } from '../support/redis-server.ts';
import { openRedisWorld, type RedisWorld } from '../support/redis-world.ts';

const deliveries = sized(1_500, 10_000);
const atOnce = 8;

let redis: TestRedis;
let world: RedisWorld;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
const agent = new Agent({ connections: atOnce });

describe('the receiver on a real Redis, fuzzed', () => {
  beforeAll(async () => {
    redis = await startRedis();
    world = await openRedisWorld(redis);
    receiver = await startReceiver({ ledger: world.ledger });
  });
  afterAll(async () => {
    await agent.destroy();
    await receiver?.close();
    await world?.close();
    await redis?.stop();
  });

  it(`threat 32: ${deliveries} odd deliveries: no 5xx, no false accept, and every ordinary push among them is taken`, async () => {
    const chaos = beginChaos('fuzz-webhooks');
    const planned = Array.from({ length: deliveries }, () => fuzzedDelivery(chaos, testSecret));
    const wrong: string[] = [];
    const byKind: Record<string, Record<string, number>> = {};
    const answerMs: number[] = [];
    const heapBefore = process.memoryUsage().rss;
    const one = async (delivery: FuzzedDelivery) => {
      const sent = performance.now();
      const status = await statusOf(delivery);
      answerMs.push(performance.now() - sent);
      const { kind, mayAccept, mustAccept } = delivery;
      byKind[kind] = { ...byKind[kind], [status]: (byKind[kind]?.[status] ?? 0) + 1 };
      const isWrong = status >= 500 || (status === 202 && !mayAccept) || (mustAccept && status !== 202);
      if (isWrong)
        wrong.push(
          `${status} to ${kind}: ${JSON.stringify(delivery.headers)} ${delivery.body.toString('latin1').slice(0, 300)}`,
        );
    };
    await inTurn(planned, one);
    const accepted = Object.values(byKind).reduce((sum, counts) => sum + (counts[202] ?? 0), 0);
    const recorded = Number(await world.context.redis.zcard(world.context.keys.history()));
    const grownMb = Math.round((process.memoryUsage().rss - heapBefore) / 2 ** 20);
    chaos.print({ deliveries, accepted, deployments: recorded, answerMs: spread(answerMs), grownMb, byKind });
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(accepted).toBeGreaterThan(deliveries / 20);
    expect(recorded).toBeGreaterThanOrEqual(accepted);
  });

  it('broken HTTP on raw connections: no 5xx, and the next push is taken', async () => {
    const chaos = beginChaos('fuzz-raw');
    const statuses: Record<string, number> = {};
    for (let n = 0; n < deliveries / 10; n += 1) {
      const status = await rawAnswer(chaos);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    chaos.print({ connections: Math.ceil(deliveries / 10), statuses });
    expect(Object.keys(statuses).filter((status) => status.startsWith('5'))).toEqual([]);
    const ordinary = await fetch(receiver.url, signedWebhook(testSecret, pushPayload()));
    expect(ordinary.status).toBe(202);
  });
});

async function statusOf({ headers, body }: FuzzedDelivery): Promise<number> {
  const answer = await request(receiver.url, { method: 'POST', headers, body, dispatcher: agent });
  await answer.body.dump();
  return answer.statusCode;
}

async function inTurn(planned: readonly FuzzedDelivery[], one: (delivery: FuzzedDelivery) => Promise<void>) {
  const rest = planned.values();
  const sender = async () => {
    for (const delivery of rest) await one(delivery);
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
}

/** Sends what no HTTP client would. @returns the status of the answer, or `closed` */
function rawAnswer(chaos: Chaos): Promise<string> {
  const head = `POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=${'0'.repeat(64)}\r\n`;
  const text = chaos.pick([
    `${head}Content-Length: 10\r\n\r\nabc`,
    `${head}Content-Length: -1\r\n\r\n`,
    `${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
    `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
    `${head}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    `${head}X-Long: ${'y'.repeat(40_000)}\r\n\r\n`,
    `${head}Bad Header\r\n\r\n`,
    'GET \0 HTTP/9.9\r\n\r\n',
    '\r\n\r\n\r\n',
    String.fromCharCode(...Array.from({ length: 300 }, () => chaos.below(256))),
  ]);
  return new Promise((resolve) => {
    const socket = connect(receiver.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    // The receiver may cut what is no HTTP: the answer so far is what counts.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'closed'));
    socket.end(Buffer.from(text, 'latin1'));
  });
}
