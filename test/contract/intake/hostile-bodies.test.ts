import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { startReceiver, testSecret } from '../../support/github-receiver.ts';
import { pushPayload, signatureOf, signedWebhook } from '../../support/github-webhook.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
afterEach(() => receiver.close());

const megabyte = 1024 * 1024;

/** Sends a body of `megabytes` in chunks without telling its length, and reads the answer whenever it comes. */
async function sendChunked(megabytes: number, headers: Record<string, string>): Promise<number> {
  const sending = request(receiver.url, { method: 'POST', headers });
  // The receiver may close once it has answered: what counts is the answer.
  sending.on('error', () => {});
  let answered = false;
  const answer = once(sending, 'response').then(([response]) => {
    answered = true;
    response.resume();
    return response.statusCode as number;
  });
  const chunk = Buffer.alloc(megabyte, ' ');
  for (let sent = 0; sent < megabytes && !answered; sent += 1) {
    if (!sending.write(chunk)) await Promise.race([once(sending, 'drain'), answer]);
  }
  sending.end();
  return answer;
}

describe('threat 7', () => {
  it('26 MB told in advance are refused before they are sent', async () => {
    receiver = await startReceiver();
    const body = Buffer.alloc(26 * megabyte, ' ');
    const headers = { 'x-hub-signature-256': signatureOf(testSecret, body) };
    const response = await fetch(receiver.url, { method: 'POST', headers, body });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: 'BODY_TOO_LARGE' } });
  });

  it.each([
    ['signed', { 'x-hub-signature-256': `sha256=${'a'.repeat(64)}` }],
    ['unsigned', {}],
  ])('60 MB in chunks, %s, are refused', async (_name, headers) => {
    receiver = await startReceiver();
    expect(await sendChunked(60, headers as Record<string, string>)).toBe(413);
  });

  it('24 MB with a good signature are read', async () => {
    receiver = await startReceiver();
    const payload = { ...pushPayload(), padding: 'x'.repeat(24 * megabyte) };
    expect((await fetch(receiver.url, signedWebhook(testSecret, payload))).status).toBe(202);
  });

  it('a body that does not arrive is given up: 408', async () => {
    receiver = await startReceiver({ bodyTimeoutMs: 100 });
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write('POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
    expect(receiver.answers).toEqual([408]);
  });

  it('headers that do not arrive are given up: 408 (slow loris)', async () => {
    receiver = await startReceiver({}, 500);
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write('POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Slow:');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('threats 30 and 32: a flood without a good signature', () => {
  it('is bounded in answers and log lines per address, and a good push is still answered', async () => {
    receiver = await startReceiver();
    const bad = () => fetch(receiver.url, { method: 'POST', body: '{}' }).then(({ status }) => status);
    const statuses: number[] = [];
    for (let round = 0; round < 30; round += 1)
      statuses.push(...(await Promise.all([bad(), bad(), bad(), bad()])));
    expect(new Set(statuses.slice(0, 20))).toEqual(new Set([401]));
    expect(new Set(statuses.slice(20))).toEqual(new Set([429]));
    expect(receiver.lines).toHaveLength(20);

    const good = await fetch(receiver.url, signedWebhook(testSecret, pushPayload()));
    expect(good.status).toBe(202);
  });
});
