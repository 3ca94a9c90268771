import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerAt } from '../../../src/adapters/slack/response-url.ts';
import { createHttpApp, type Listening, listen } from '../../../src/api/server.ts';
import { SiskinError } from '../../../src/domain/errors/siskin-error.ts';
import type { Notice } from '../../../src/domain/notice/notice.ts';
import { pressValue } from '../../../src/domain/notice/press.ts';
import { textsOf } from '../../../src/domain/texts/catalogue.ts';
import { membersOf } from '../../../src/intake/slack/members.ts';
import type { Operations, Who } from '../../../src/intake/slack/ports.ts';
import { SlackHandler } from '../../../src/intake/slack/slack-handler.ts';
import { slackInteractions } from '../../../src/intake/slack-interactions.ts';
import { type FakeSlack, startFakeSlack } from '../../support/fake-slack/server.ts';
import { notices } from '../../support/slack-notices.ts';
import { commandBody, pressBody, signedBySlack, signingSecret } from '../../support/slack-requests.ts';

let slack: FakeSlack;
let http: Listening;
let handler: SlackHandler;
let now: Notice | null;
let newest: string | null;
let done: { what: string; who: Who }[];
let audit: string[];
let claimed: Set<string>;
let failing: Error | null;
const frozen: Notice = notices.frozen;

beforeEach(async () => {
  slack = await startFakeSlack();
  [now, newest, done, audit, claimed, failing] = [frozen, 'd42', [], [], new Set(), null];
  const once = {
    claim: async (what: string) => !claimed.has(what) && Boolean(claimed.add(what)),
    release: async (what: string) => void claimed.delete(what),
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const note = async ({
    actor,
    from,
    action,
    detail,
  }: {
    actor: { name: string };
    from: string | null;
    action: string;
    detail: string;
  }) => void audit.push(`${actor.name} ${from} ${action}: ${detail}`);
  const users = [
    { id: 'U0ANA', name: 'ana', role: 'deployer' as const },
    { id: 'U0EVE', name: 'eve', role: 'none' as const },
  ];
  handler = new SlackHandler({
    members: membersOf(users, 'viewer'),
    texts: textsOf('en'),
    notices: { notice: async () => now },
    operations,
    once,
    audit: note,
    answer: (url, text) => answerAt(url, text, { apiUrl: slack.apiUrl }),
    log,
  });
  const take = handler.take.bind(handler);
  const router = slackInteractions({ signingSecret, once, audit: note, take, log });
  http = await listen(createHttpApp({ routers: [router] }), '127.0.0.1:0');
});
afterEach(async () => {
  await http.close(0);
  await slack.stop();
});

const line = (deployment: string) => ({
  deployment,
  state: 'canary' as const,
  release: 12,
  commit: '4f1c2a9',
  title: 'A <!channel> title',
  actor: 'ana-lee',
  reason: null,
  at: '2026-11-25T10:00:00.000Z',
});
const noted = async (what: string, who: Who): Promise<string> => {
  if (failing) throw failing;
  done.push({ what, who });
  return 'd43';
};
const operations: Operations = {
  environments: () => [{ app: 'shop', environment: 'production' }],
  act: async (act, { deployment }, who) => void (await noted(`${act} ${deployment}`, who)),
  deploy: (_key, what, who) => noted(`deploy ${JSON.stringify(what)}`, who),
  rollBack: (_key, release, who) => noted(`rollback ${release}`, who),
  status: async () => ({
    where: 'shop/production',
    branch: 'release',
    current: 11,
    previous: 10,
    frozen: null,
    newest: line('d42'),
  }),
  history: async () => (newest === null ? [] : [line(newest)]),
  ignoredPushes: async () => [
    {
      at: '2026-11-25T09:00:00.000Z',
      ref: 'refs/heads/release',
      commit: 'abc1234',
      pusher: 'ben',
      reason: 'skip-requested',
    },
  ],
};

const by = (user: string) => ({ user, channel: 'C0SHOP', responseUrl: slack.responseUrl(user, 'C0SHOP') });
async function send(request: RequestInit): Promise<number> {
  const { status } = await fetch(`${http.url}/webhooks/slack`, request);
  await handler.idle();
  return status;
}
const press = (user = 'U0ANA', value = pressValue(frozen, 'promote')) =>
  send(signedBySlack(pressBody(value, by(user))));
const say = (text: string, user = 'U0ANA') => send(signedBySlack(commandBody(text, by(user))));
const told = (user = 'U0ANA') => slack.ephemeral(user);

describe('a button (threat 25)', () => {
  it('pressed by one who may, does what it says, by that name and from that channel', async () => {
    expect(await press()).toBe(200);
    expect(done).toEqual([
      { what: 'promote d42', who: { actor: { kind: 'slack', name: 'ana' }, from: 'slack:C0SHOP' } },
    ]);
    expect(told()).toEqual(['Promoting shop/production (d42).']);
    expect(audit).toEqual([]);
  });

  it('forged, under another secret or none, does nothing and is audited, but not without end', async () => {
    const body = pressBody(pressValue(frozen, 'promote'), by('U0ANA'));
    expect(await send(signedBySlack(body, { secret: 'f'.repeat(32) }))).toBe(401);
    expect(await send({ method: 'POST', body })).toBe(401);
    const good = signedBySlack(body);
    expect(await send({ ...good, body: `${body}&x=1` })).toBe(401);
    expect(done).toEqual([]);
    expect(audit).toHaveLength(3);
    for (let times = 0; times < 30; times += 1) await send({ method: 'POST', body });
    expect(audit).toHaveLength(10);
    expect(await send({ method: 'POST', body })).toBe(429);
    expect(await send(good)).toBe(200);
  });

  it.each([-400, 400])('signed %i s from now is refused', async (seconds) => {
    const at = Math.floor(Date.now() / 1_000) + seconds;
    expect(await send(signedBySlack(pressBody(pressValue(frozen, 'promote'), by('U0ANA')), { at }))).toBe(
      401,
    );
    expect(done).toEqual([]);
  });

  it('sent again is refused and audited', async () => {
    const request = signedBySlack(pressBody(pressValue(frozen, 'promote'), by('U0ANA')));
    expect([await send(request), await send(request)]).toEqual([200, 409]);
    expect(done).toHaveLength(1);
    expect(audit).toEqual([expect.stringContaining('heard before')]);
  });

  it('pressed twice does it once', async () => {
    expect([await press(), await press('U0ANA')]).toEqual([200, 200]);
    expect(done).toHaveLength(1);
    expect(told().at(-1)).toMatch(/pressed this button already/);
    expect(audit).toEqual([expect.stringContaining('d42 promote: pressed already')]);
  });

  it('whose action failed can be pressed again', async () => {
    failing = new SiskinError('DEPLOYMENT_ENDED', 'd42 has ended: failed.');
    await press();
    expect(told()).toEqual(['That did not work: d42 has ended: failed.']);
    failing = null;
    await press();
    expect(done).toHaveLength(1);
  });

  it.each([
    ['of an earlier state', (one: Notice): Notice => ({ ...one, state: 'rolling' }), /d42 is rolling now/],
    ['after somebody did something', (one: Notice): Notice => ({ ...one, people: [] }), /d42 is frozen now/],
    ['of what cannot be done now', (one: Notice): Notice => ({ ...one, acts: [] }), /d42 is frozen now/],
    [
      'of one that was superseded',
      (one: Notice): Notice => ({ ...one, state: 'superseded', supersededBy: 'd43' }),
      /d43 has replaced d42/,
    ],
  ] as const)('%s is stale: refused, audited, and says what is so now', async (_what, change, sentence) => {
    now = change(frozen);
    await press();
    expect(done).toEqual([]);
    expect(told()).toEqual([expect.stringMatching(sentence)]);
    expect(audit).toEqual(['ana slack:C0SHOP slack-refused: shop/production d42 promote: stale']);
  });

  it('of a deployment before the newest names the newest', async () => {
    newest = 'd50';
    now = { ...frozen, state: 'failed', acts: [] };
    await press();
    expect(told()).toEqual([expect.stringContaining('d50 has replaced d42')]);
  });

  it('pressed by one without the role is refused and audited, whoever it is', async () => {
    await press('U0EVE');
    await press('U0OTHER');
    expect(done).toEqual([]);
    expect(told('U0OTHER')).toEqual([expect.stringContaining('needs the role deployer; you are a viewer')]);
    expect(audit).toEqual([
      'eve slack:C0SHOP slack-refused: shop/production d42 promote: not-allowed',
      'U0OTHER slack:C0SHOP slack-refused: shop/production d42 promote: not-allowed',
    ]);
  });

  it('that is none of ours does nothing', async () => {
    await press('U0ANA', 'd42 promote frozen.1; rm');
    expect(done).toEqual([]);
    expect(audit).toEqual([expect.stringContaining('no button of ours')]);
  });

  it('is answered at an address of Slack only', async () => {
    const elsewhere = await startFakeSlack();
    const { origin } = elsewhere;
    const value = pressValue(frozen, 'promote');
    for (const responseUrl of [
      `${origin}/actions/T/1/x`,
      'file:///etc/passwd',
      'https://hooks.slack.com.evil.example/',
      'no url',
    ])
      await send(signedBySlack(pressBody(value, { user: 'U0EVE', channel: 'C0SHOP', responseUrl })));
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.stop();
  });
});

describe('/siskin', () => {
  it.each([
    ['status shop production', /shop\/production follows release: r11 serves, r10 before it/],
    ['history shop production', /d42 canary · r12 · 4f1c2a9 A &lt;!channel&gt; title/],
    ['why shop production', /refs\/heads\/release abc1234 by ben: the head commit's message asks to skip it/],
    ['  STATUS  shop  production ', /serves/],
    ['status shop nowhere', /There are: shop\/production/],
    ['', /What I understand/],
    ['deploy shop production; rm -rf /', /What I understand/],
    ['deploy shop production main', /What I understand/],
  ])('%j is answered', async (text, answer) => {
    expect(await say(text)).toBe(200);
    expect(told()).toEqual([expect.stringMatching(answer)]);
    expect(done).toEqual([]);
  });

  it.each([
    ['deploy shop production', 'deploy {}'],
    ['deploy shop production r7', 'deploy {"release":"r7"}'],
    [`deploy shop production ${'a'.repeat(40)}`, `deploy {"sha":"${'a'.repeat(40)}"}`],
    ['rollback shop production', 'rollback null'],
    ['rollback shop production r7', 'rollback r7'],
  ])('%j does it', async (text, what) => {
    await say(text);
    expect(done.map((one) => one.what)).toEqual([what]);
    expect(told()).toEqual(['d43 is on its way to shop/production.']);
  });

  it('by a viewer asks but does nothing; by one without a role, not even that', async () => {
    await say('status shop production', 'U0OTHER');
    await say('rollback shop production', 'U0OTHER');
    await say('status shop production', 'U0EVE');
    expect(done).toEqual([]);
    expect(told('U0OTHER')).toEqual([
      expect.stringContaining('serves'),
      expect.stringContaining('needs the role'),
    ]);
    expect(told('U0EVE')).toEqual([expect.stringContaining('may not ask')]);
    expect(audit).toEqual([expect.stringContaining('not allowed'), expect.stringContaining('no access')]);
  });

  it('that breaks something says so without its details', async () => {
    failing = new Error('secret detail');
    await say('deploy shop production');
    expect(told()).toEqual([expect.stringContaining('fault of Siskin itself')]);
  });
});

describe('POST /webhooks/slack (THREATS rows 7, 8, 26)', () => {
  it.each([
    ['not a form', '{"a":1}', 'application/json', 400],
    ['no JSON', 'payload=%7B', 'application/x-www-form-urlencoded', 400],
    ['deep JSON', `payload=${'['.repeat(200)}`, 'application/x-www-form-urlencoded', 400],
    ['a command without its fields', 'command=%2Fsiskin', 'application/x-www-form-urlencoded', 400],
    [
      'a bad user',
      new URLSearchParams({
        payload: JSON.stringify({ type: 'block_actions', user: { id: '../x' } }),
      }).toString(),
      'application/x-www-form-urlencoded',
      400,
    ],
    [
      'another interaction',
      new URLSearchParams({ payload: '{"type":"view_submission"}' }).toString(),
      'application/x-www-form-urlencoded',
      200,
    ],
    ['the check of the address', 'ssl_check=1&token=x', 'application/x-www-form-urlencoded', 200],
  ])('%s is answered with its status', async (_what, body, type, status) => {
    const request = signedBySlack(body);
    const headers = new Headers(request.headers);
    headers.set('content-type', type);
    expect(await send({ ...request, headers })).toBe(status);
    expect(done).toEqual([]);
  });

  it('a body that is too large is refused', async () => {
    expect(await send(signedBySlack('x'.repeat(300_000)))).toBe(413);
  });
});
