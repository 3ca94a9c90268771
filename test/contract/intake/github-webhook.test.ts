import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SiskinError } from '../../../src/domain/errors/siskin-error.ts';
import { startReceiver, testSecret } from '../../support/github-receiver.ts';
import { pushPayload, signatureOf, signedWebhook } from '../../support/github-webhook.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const push = (
  fields: Parameters<typeof pushPayload>[0] = {},
  options: Parameters<typeof signedWebhook>[2] = {},
) => fetch(receiver.url, signedWebhook(testSecret, pushPayload(fields), options));
const post = (init: RequestInit) => fetch(receiver.url, { method: 'POST', ...init });
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;
const ignoredOf = async (response: Response) =>
  ((await response.json()) as { ignored: { reason: string }[] }).ignored.map(({ reason }) => reason);

describe('accepted', () => {
  it('202 for a push to a tracked branch, one delivery per environment of every app of the repository', async () => {
    const response = await push();
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      deliveries: [
        { app: 'shop', environment: 'production', deployment: 'd1' },
        { app: 'shop-api', environment: 'production', deployment: 'd2' },
      ],
      ignored: [{ app: 'shop', environment: 'test', reason: 'other-branch' }],
    });
    expect(receiver.ledger.recorded[0]?.pushes[0]).toMatchObject({
      app: 'shop',
      branch: 'release',
      sha: 'b'.repeat(40),
      title: 'A change',
      author: 'ana',
      actor: { kind: 'github', name: 'ana' },
    });
    expect(receiver.answers).toEqual([202]);
  });

  it('202 for the same as a form, as GitHub sends it too', async () => {
    const response = await push({ message: 'ü & = + % 🐦' }, { form: true });
    expect(response.status).toBe(202);
    expect(receiver.ledger.recorded[0]?.pushes[0]?.title).toBe('ü & = + % 🐦');
  });

  it('202 with the secret before the rotation', async () => {
    await receiver.close();
    receiver = await startReceiver({ secrets: ['the-new-secret', testSecret] });
    expect((await push()).status).toBe(202);
    const signedByNew = signedWebhook('the-new-secret', pushPayload());
    expect((await fetch(receiver.url, signedByNew)).status).toBe(202);
  });
});

describe('200', () => {
  it('ping', async () => {
    const response = await fetch(receiver.url, signedWebhook(testSecret, { zen: 'x' }, { event: 'ping' }));
    expect([response.status, await response.json()]).toEqual([200, { pong: true }]);
  });

  it('another event is ignored', async () => {
    const response = await fetch(receiver.url, signedWebhook(testSecret, {}, { event: 'issues' }));
    expect([response.status, await response.json()]).toEqual([200, { ignored: 'event', event: 'issues' }]);
  });

  it('threat 2: a replayed delivery is a duplicate and makes no work', async () => {
    const delivery = randomUUID();
    expect((await push({}, { delivery })).status).toBe(202);
    const again = await push({}, { delivery: delivery.toUpperCase() });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ ignored: 'duplicate' });
    expect(receiver.ledger.recorded).toHaveLength(1);
  });

  it.each([
    ['threat 6: a deleted branch', { deleted: true, after: '0'.repeat(40) }, 'branch-deleted'],
    ['threat 6: a zero SHA', { after: '0'.repeat(40) }, 'branch-deleted'],
    ['threat 6: a tag', { ref: 'refs/tags/v1' }, 'not-a-branch'],
    ['another branch', { ref: 'refs/heads/main' }, 'other-branch'],
    ['[skip ci]', { message: 'wip [skip ci]' }, 'skip-requested'],
    ['another repository', { repository: 'mallory/shop' }, 'unknown-repository'],
    ['threat 10: the same name on another host', { host: 'github.com.evil.example' }, 'unknown-repository'],
    ['threat 9: a ref that is an option', { ref: '--upload-pack=touch /tmp/x' }, 'invalid-ref'],
    ['a SHA that is none', { after: 'HEAD' }, 'invalid-sha'],
  ])('%s is ignored with its reason, and recorded as such', async (_name, fields, reason) => {
    const response = await push(fields);
    expect(response.status).toBe(200);
    expect(await ignoredOf(response)).toContain(reason);
    expect(receiver.ledger.recorded).toMatchObject([{ pushes: [] }]);
    expect(receiver.ledger.recorded[0]?.audit.detail).toContain(reason);
  });

  it('threat 5: a forced push is refused where the operator forbids it, and accepted where not', async () => {
    const response = await push({ forced: true });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      deliveries: [{ app: 'shop-api' }],
      ignored: [{ app: 'shop', reason: 'forced-push-refused' }, { reason: 'other-branch' }],
    });
    expect(receiver.ledger.recorded[0]?.pushes).toMatchObject([{ forced: true }]);
  });
});

describe('heads that are left undeployed on purpose', () => {
  const head = (app: string, reason: string) => ({
    ...{ app, environment: 'production', branch: 'release', sha: 'b'.repeat(40), reason },
  });
  it.each([
    [
      '[skip ci]: of every environment of that branch',
      { message: 'Docs\n\n[skip ci]' },
      [head('shop', 'skip-requested'), head('shop-api', 'skip-requested')],
    ],
    ['threat 5: a forced push, where it is refused', { forced: true }, [head('shop', 'forced-push-refused')]],
    ['a deleted branch has none', { deleted: true, after: '0'.repeat(40) }, []],
    ['another branch is not tracked', { ref: 'refs/heads/main' }, []],
  ])('are recorded with the delivery, for the reconciler: %s', async (_name, fields, ignored) => {
    await push(fields);
    expect(receiver.ledger.recorded[0]?.ignored).toEqual(ignored);
  });
});

describe('threat 1: 401 before anything is parsed', () => {
  const body = JSON.stringify(pushPayload());
  const good = signatureOf(testSecret, body);
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': randomUUID(),
  };
  it.each([
    ['none', undefined],
    ['forged', signatureOf('guess', body)],
    ['truncated', good.slice(0, -2)],
    ['empty', ''],
    ['without its algorithm', good.slice(7)],
    ['of another body', signatureOf(testSecret, `${body} `)],
    ['not hex', `sha256=${'z'.repeat(64)}`],
  ])('signature %s', async (_name, signature) => {
    const sent = signature === undefined ? headers : { ...headers, 'x-hub-signature-256': signature };
    const response = await post({ headers: sent, body });
    expect([response.status, await codeOf(response)]).toEqual([401, 'SIGNATURE_INVALID']);
    expect(receiver.ledger.recorded).toEqual([]);
    expect(receiver.answers).toEqual([401]);
  });

  it('SHA-1 only', async () => {
    const sha1 = { ...headers, 'x-hub-signature': `sha1=${'a'.repeat(40)}` };
    expect((await post({ headers: sha1, body })).status).toBe(401);
  });

  it('an empty body', async () => {
    expect((await post({ headers: { ...headers, 'x-hub-signature-256': good } })).status).toBe(401);
  });

  it('logs one bounded line without the payload', async () => {
    await post({ headers, body: JSON.stringify({ marker: 'PAYLOAD-MARKER' }).padEnd(100_000) });
    expect(receiver.lines).toHaveLength(1);
    expect(receiver.lines[0]).not.toContain('PAYLOAD-MARKER');
    expect(receiver.lines[0]?.length).toBeLessThan(500);
  });
});

describe('400 malformed', () => {
  const signed = (text: string, options: Parameters<typeof signedWebhook>[2] = {}) =>
    fetch(receiver.url, signedWebhook(testSecret, text, options));

  it.each([
    ['not JSON', 'not json'],
    ['a push without its fields', '{}'],
    ['a push that is an array', '[]'],
    ['a ref that is a number', JSON.stringify({ ...pushPayload(), ref: 7 })],
    ['threat 8: 200,000-deep arrays', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['threat 8: 200,000-deep objects', '{"a":'.repeat(200_000) + 1 + '}'.repeat(200_000)],
  ])('%s', async (_name, text) => {
    const response = await signed(text);
    expect([response.status, await codeOf(response)]).toEqual([400, 'WEBHOOK_MALFORMED']);
    expect(receiver.ledger.recorded).toEqual([]);
  });

  it.each([
    ['threat 8: the event __proto__', { event: '__proto__' }],
    ['threat 8: the event constructor', { event: 'constructor' }],
    ['an event that GitHub has not', { event: 'push.x' }],
    ['a delivery that is no GUID', { delivery: '../../x' }],
    ['another content type', { headers: { 'Content-Type': 'text/plain' } }],
    ['a form without payload', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }],
  ])('%s', async (_name, options) => {
    const response = await signed(JSON.stringify(pushPayload()), options);
    expect([response.status, await codeOf(response)]).toEqual([400, 'WEBHOOK_MALFORMED']);
  });

  it('threat 8: __proto__ keys change nothing', async () => {
    const text = JSON.stringify(pushPayload()).replace(/^\{/, '{"__proto__":{"deleted":true,"polluted":1},');
    expect((await signed(text)).status).toBe(202);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('brackets inside strings are no depth', async () => {
    const message = `${'[{'.repeat(1_000)}\\"`;
    expect((await push({ message })).status).toBe(202);
  });
});

it('415 for a compressed body, without unpacking it (threat 7: gzip bomb)', async () => {
  const response = await push({}, { headers: { 'Content-Encoding': 'gzip' } });
  expect([response.status, await codeOf(response)]).toEqual([415, 'BODY_ENCODING_REFUSED']);
});

it('503 with Retry-After when the store is away', async () => {
  receiver.ledger.failure = new SiskinError('STORE_UNAVAILABLE', 'Redis does not answer.');
  const response = await push();
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await codeOf(response)).toBe('STORE_UNAVAILABLE');
  receiver.ledger.failure = undefined;
  expect((await push()).status).toBe(202);
});

it('500 without details for what nobody foresaw', async () => {
  receiver.ledger.failure = new Error('secret detail');
  const response = await push();
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret detail');
});
