import type { Chaos } from './chaos-run.ts';
import { pushPayload, signatureOf } from './github-webhook.ts';

/** A delivery as it goes over the wire, and whether a correct receiver may answer 202 to it. */
export interface FuzzedDelivery {
  kind: string;
  headers: Record<string, string>;
  body: Buffer;
  mayAccept: boolean;
  /** Must be answered 202: an ordinary push among the odd ones. */
  mustAccept: boolean;
}

const trackedRefs = ['refs/heads/release', 'refs/heads/test'];

/** The next delivery: an ordinary push in one of ten, else one that is wrong in some way. */
export function fuzzedDelivery(chaos: Chaos, secret: string): FuzzedDelivery {
  const { kind, body, sign = body, headers = {} } = chaos.pick(makers)(chaos);
  const wire: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/fuzz',
    'x-github-event': 'push',
    'x-github-delivery': guid(chaos),
    'x-hub-signature-256': signatureOf(secret, sign),
    ...headers,
  };
  for (const [name, value] of Object.entries(wire)) if (value === '') delete wire[name];
  const mayAccept = maybeGood(wire, body, signatureOf(secret, body));
  return { kind, headers: wire, body, mayAccept, mustAccept: kind === 'ordinary' };
}

interface Made {
  kind: string;
  body: Buffer;
  /** What the signature is of, where it is not the body. */
  sign?: Buffer;
  /** '' takes a header away. */
  headers?: Record<string, string>;
}

const ordinaryFields = () => pushPayload({ ref: 'refs/heads/release', repository: 'acme/shop' });
const jsonOf = (value: unknown) => Buffer.from(JSON.stringify(value));

const makers: [(chaos: Chaos) => Made, ...((chaos: Chaos) => Made)[]] = [
  () => ({ kind: 'ordinary', body: jsonOf(ordinaryFields()) }),
  (chaos) => {
    const sign = jsonOf(ordinaryFields());
    return { kind: 'body changed after signing', body: flipped(chaos, sign), sign };
  },
  (chaos) => ({ kind: 'signed broken JSON', body: flipped(chaos, jsonOf(ordinaryFields())) }),
  (chaos) => ({ kind: 'signed noise', body: Buffer.from(noise(chaos, chaos.below(2_000)), 'latin1') }),
  (chaos) => ({ kind: 'field replaced', body: jsonOf(withOddField(chaos, ordinaryFields())) }),
  (chaos) => ({ kind: 'odd ref', body: jsonOf({ ...ordinaryFields(), ref: oddRef(chaos) }) }),
  (chaos) => ({ kind: 'nested', body: nested(chaos) }),
  (chaos) => ({
    kind: 'odd signature',
    body: jsonOf(ordinaryFields()),
    headers: { 'x-hub-signature-256': oddSignature(chaos) },
  }),
  (chaos) => ({ kind: 'odd header', body: jsonOf(ordinaryFields()), headers: oddHeader(chaos) }),
  (chaos) => ({
    kind: 'odd form',
    body: Buffer.from(oddForm(chaos)),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
];

/** Written apart from the receiver: signed, a push, a GUID, JSON of a push that moves a tracked branch to a commit. */
function maybeGood(headers: Record<string, string>, body: Buffer, signature: string): boolean {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (headers['x-hub-signature-256'] !== signature || headers['x-github-event'] !== 'push') return false;
  if (!/^[0-9a-f-]{36}$/i.test(headers['x-github-delivery'] ?? '')) return false;
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return false;
  const text = body.toString('utf8');
  const json = type === 'application/json' ? text : new URLSearchParams(text).get('payload');
  try {
    const push = JSON.parse(json ?? '') as Record<string, unknown>;
    const moved =
      push.deleted === false && /^[0-9a-f]{40}$/.test(String(push.after)) && !/^0+$/.test(String(push.after));
    return moved && trackedRefs.includes(String(push.ref));
  } catch {
    return false; // the answer to the question
  }
}

function flipped(chaos: Chaos, body: Buffer): Buffer {
  const copy = Buffer.from(body);
  for (let n = 1 + chaos.below(4); n > 0; n -= 1) {
    const at = chaos.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 + chaos.below(255));
  }
  return chaos.chance(0.3) ? copy.subarray(0, chaos.below(copy.length)) : copy;
}

const noise = (chaos: Chaos, length: number): string =>
  String.fromCharCode(...Array.from({ length }, () => chaos.below(256)));

const odd = (chaos: Chaos): unknown =>
  chaos.pick<unknown>([
    null,
    true,
    -1,
    1e308,
    0.5,
    '',
    [],
    {},
    [[]],
    'x'.repeat(5_000),
    '\u0000',
    '\ud800',
    '__proto__',
    '../../x',
    { toString: 1 },
    { __proto__: { deleted: false } },
    '--upload-pack=x',
    '$(id)',
    noise(chaos, 40),
  ]);

function withOddField(chaos: Chaos, payload: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(payload);
  const name = chaos.chance(0.1) ? '__proto__' : (names[chaos.below(names.length)] ?? 'ref');
  const inner = payload[name];
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && chaos.chance(0.6))
    return { ...payload, [name]: withOddField(chaos, inner as Record<string, unknown>) };
  const copy: Record<string, unknown> = { ...payload };
  Object.defineProperty(copy, name, { value: odd(chaos), enumerable: true });
  return copy;
}

const oddRef = (chaos: Chaos): string =>
  chaos.pick([
    'refs/heads/--upload-pack=x',
    'refs/heads/-bevil',
    'refs/heads/..',
    'refs/heads/release\n',
    'refs/heads/release ',
    'refs/tags/release',
    'release',
    'refs/heads/release/../test',
    'REFS/HEADS/RELEASE',
    'refs/heads/release@{1}',
    'refs/heads/releasé',
    'refs/heads/release\u0000',
    `refs/heads/${'r'.repeat(300)}`,
    'refs/heads/',
    '',
    `refs/heads/${noise(chaos, 20)}`,
  ]);

function nested(chaos: Chaos): Buffer {
  const depth = chaos.pick([10, 63, 64, 65, 1_000, 100_000]);
  const [open, close] = chaos.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as [string[], ...string[][]]);
  return Buffer.from(`${(open ?? '').repeat(depth)}1${(close ?? '').repeat(depth)}`);
}

const oddSignature = (chaos: Chaos): string =>
  chaos.pick([
    '',
    'sha256=',
    `sha256=${'0'.repeat(64)}`,
    `sha1=${'0'.repeat(40)}`,
    `sha256=${'z'.repeat(64)}`,
    'x'.repeat(4_000),
    `sha256=${'0'.repeat(63)}`,
    `sha256=${'0'.repeat(65)}`,
    'sha512=00',
    signatureOf('another-secret-of-nobody', jsonOf(ordinaryFields())),
    signatureOf('', jsonOf(ordinaryFields())),
  ]);

function oddHeader(chaos: Chaos): Record<string, string> {
  const name = chaos.pick(['x-github-event', 'x-github-delivery', 'content-type', 'content-encoding']);
  const value = chaos.pick([
    '',
    '__proto__',
    'constructor',
    'ping',
    'push.push',
    'PUSH',
    'gzip',
    'text/plain',
    'application/json; charset=utf-16',
    'multipart/form-data',
    'x'.repeat(8_000),
    '0',
    '../../etc',
    guid(chaos).slice(1),
    `${guid(chaos)}x`,
  ]);
  return { [name]: value };
}

const oddForm = (chaos: Chaos): string =>
  chaos.pick([
    '',
    'payload',
    'payload=',
    'payload=%',
    `payload=${'%7B'.repeat(500)}`,
    'payload[]=1',
    '=payload',
    noise(chaos, 200),
    `payload=${encodeURIComponent(JSON.stringify(withOddField(chaos, ordinaryFields())))}`,
  ]);

function guid(chaos: Chaos): string {
  const hex = Array.from({ length: 32 }, () => chaos.below(16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
