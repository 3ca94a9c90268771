import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackChannel, type SlackChannelOptions } from '../../../src/adapters/slack/slack-channel.ts';
import { SlackWebhookChannel } from '../../../src/adapters/slack/slack-webhook-channel.ts';
import type { SlackSettings } from '../../../src/adapters/slack/worth-telling.ts';
import { textsOf } from '../../../src/domain/texts/catalogue.ts';
import type { NoticeChannel } from '../../../src/pipeline/notify/ports.ts';
import { type FakeSlack, startFakeSlack } from '../../support/fake-slack/server.ts';
import { buildingNotice, notices } from '../../support/slack-notices.ts';

let slack: FakeSlack;
let memory: unknown;
let warnings: string[];

beforeEach(async () => {
  slack = await startFakeSlack();
  memory = null;
  warnings = [];
});
afterEach(() => slack.stop());

/** After so many memories it is killed: what it would remember then is lost. */
const deliver = (
  channel: NoticeChannel,
  notice = buildingNotice,
  { diesAt = Number.POSITIVE_INFINITY } = {},
) => {
  let times = 0;
  return channel.deliver(notice, structuredClone(memory), {
    signal: new AbortController().signal,
    remember: async (next) => {
      times += 1;
      if (times >= diesAt) throw new Error('killed');
      memory = JSON.parse(JSON.stringify(next));
    },
  });
};

function channelOf(
  settings: Partial<SlackSettings> = {},
  options: Partial<SlackChannelOptions> = {},
): SlackChannel {
  return new SlackChannel({
    botToken: slack.botToken,
    apiUrl: slack.apiUrl,
    timeoutMs: 30_000,
    settings: () => ({ channel: 'C0SHOP', tell: 'all', mentions: {}, ...settings }),
    texts: textsOf('en'),
    withButtons: true,
    instance: async () => 'here',
    warn: (message) => warnings.push(message),
    ...options,
  });
}

const shown = () => slack.of('d42').map(({ text, edits }) => ({ text: text.split(' · ')[1], edits }));

describe('one message per deployment', () => {
  it('is posted, edited as it goes, and left alone when nothing of it changed', async () => {
    await deliver(channelOf());
    await deliver(channelOf(), { ...buildingNotice, state: 'preparing' });
    await deliver(channelOf(), { ...buildingNotice, state: 'preparing' });
    expect(shown()).toEqual([{ text: 'Preparing', edits: 1 }]);
    expect(slack.calls).toEqual(['chat.postMessage', 'chat.update']);
  });

  it('has its details in the thread once, those called shown in the channel', async () => {
    const channel = channelOf({ mentions: { failed: ['U012ABC'] } });
    await deliver(channel);
    await deliver(channel, notices['failed-build']);
    await deliver(channel, { ...notices['failed-build'], acts: [] });
    const [message] = slack.of('d42');
    const thread = slack.thread(message?.ts ?? '');
    expect(thread.map(({ broadcast }) => broadcast)).toEqual([true]);
    expect(thread[0]?.text).toMatch(/^<@U012ABC> ❌/);
    expect(message?.edits).toBe(2);
  });

  it('calls those who are to come while it is held, once', async () => {
    const channel = channelOf({ mentions: { held: ['here'] } });
    await deliver(channel, notices.held);
    await deliver(channel, { ...notices.held, canary: null });
    expect(slack.thread(slack.of('d42')[0]?.ts ?? '').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^<!here> ✋/),
    ]);
  });

  it.each([
    ['ends', ['good', 'cancelled'], ['building', 'held']],
    ['failures', ['bad', 'failed-build', 'held', 'frozen'], ['building', 'good', 'cancelled', 'superseded']],
  ] as const)('in the quiet mode %s is told of %j and not of %j', async (tell, told, untold) => {
    for (const name of untold) await deliver(channelOf({ tell }), { ...notices[name], deployment: 'd1' });
    expect(slack.calls).toEqual([]);
    for (const name of told) {
      memory = null;
      await deliver(channelOf({ tell }), { ...notices[name], deployment: `d-${name}` });
      expect(slack.of(`d-${name}`)).toHaveLength(1);
    }
  });

  it('is posted again when somebody deleted it', async () => {
    await deliver(channelOf());
    slack.messages.splice(0);
    await deliver(channelOf(), { ...buildingNotice, state: 'preparing' });
    expect(shown()).toEqual([{ text: 'Preparing', edits: 0 }]);
  });
});

describe('a crash, or an answer that is lost', () => {
  it.each([1, 2])('at memory %i leaves one message, which goes on', async (diesAt) => {
    await expect(deliver(channelOf(), buildingNotice, { diesAt })).rejects.toThrow('killed');
    await deliver(channelOf(), { ...buildingNotice, state: 'preparing' });
    expect(shown().map(({ text }) => text)).toEqual(['Preparing']);
  });

  it.each([1, 2, 3, 4])('of the end at memory %i leaves one message and one thread', async (diesAt) => {
    await expect(deliver(channelOf(), notices['failed-build'], { diesAt })).rejects.toThrow('killed');
    await deliver(channelOf(), notices['failed-build']);
    expect(slack.of('d42')).toHaveLength(1);
    expect(slack.thread(slack.of('d42')[0]?.ts ?? '')).toHaveLength(1);
  });

  it('when Slack took it and never said so: the message is found by its metadata', async () => {
    slack.trouble = { kind: 'lost' };
    await expect(deliver(channelOf({}, { timeoutMs: 300 }))).rejects.toMatchObject({
      name: 'NoticeDelayed',
      needsPerson: false,
    });
    slack.trouble = null;
    await deliver(channelOf(), { ...buildingNotice, state: 'preparing' });
    expect(shown().map(({ text }) => text)).toEqual(['Preparing']);
  });

  it('a message of another Siskin is not taken for ours', async () => {
    await deliver(channelOf({}, { instance: async () => 'elsewhere' }));
    memory = null;
    await expect(deliver(channelOf(), buildingNotice, { diesAt: 2 })).rejects.toThrow('killed');
    slack.messages.pop();
    await deliver(channelOf());
    expect(slack.of('d42').map(({ metadata }) => metadata?.event_payload.instance)).toEqual([
      'elsewhere',
      'here',
    ]);
  });

  it('without the scope to look, it is said once, and posted', async () => {
    slack.scopes.delete('channels:history');
    const channel = channelOf();
    for (const deployment of ['d1', 'd2']) {
      memory = null;
      await expect(deliver(channel, { ...buildingNotice, deployment }, { diesAt: 2 })).rejects.toThrow(
        'killed',
      );
      await deliver(channel, { ...buildingNotice, deployment });
    }
    expect(warnings).toEqual([expect.stringContaining('channels:history')]);
    expect(slack.of('d2')).toHaveLength(2);
  });
});

describe('what goes wrong', () => {
  it('patience that Slack asks for is passed on', async () => {
    slack.trouble = { kind: 'rate', seconds: 30 };
    await expect(deliver(channelOf())).rejects.toMatchObject({ retryAfterMs: 30_000, needsPerson: false });
  });

  const mistakes: [string, (slack: FakeSlack) => unknown, RegExp][] = [
    ['a revoked token', (one) => Object.assign(one, { revoked: true }), /revoked.*slack\.botToken/],
    ['a channel that is gone', (one) => one.channels.clear(), /no such channel/],
    ['not being in it', (one) => one.channels.set('C0SHOP', { member: false, archived: false }), /invite/],
    ['an archived one', (one) => one.channels.set('C0SHOP', { member: true, archived: true }), /archived/],
    ['a missing scope', (one) => one.scopes.delete('chat:write'), /scope.*needs chat:write/],
  ];
  it.each(mistakes)('%s is a person’s to mend, with a sentence', async (_what, spoil, sentence) => {
    spoil(slack);
    await expect(deliver(channelOf())).rejects.toMatchObject({
      name: 'NoticeDelayed',
      needsPerson: true,
      message: expect.stringMatching(sentence),
    });
  });

  it.each([{ kind: 'hang' }, { kind: 'status', status: 503 }] as const)(
    '%j is tried again later',
    async (trouble) => {
      slack.trouble = trouble;
      await expect(deliver(channelOf())).rejects.toMatchObject({ name: 'NoticeDelayed', needsPerson: false });
      expect(slack.calls).toEqual(['chat.postMessage']);
    },
  );
});

describe('an incoming webhook', () => {
  const hook = (webhookUrl = slack.webhookUrl, tell: SlackSettings['tell'] = 'all', timeoutMs = 30_000) =>
    new SlackWebhookChannel({
      webhookUrl,
      settings: () => ({ tell, mentions: {} }),
      texts: textsOf('en'),
      timeoutMs,
    });

  it('tells the beginning and the end, each once, without buttons', async () => {
    for (const notice of [
      buildingNotice,
      { ...buildingNotice, state: 'canary' as const },
      notices.bad,
      notices.bad,
    ])
      await deliver(hook(), notice);
    expect(slack.messages.map(({ text }) => text.split(' · ')[1])).toEqual(['Building', 'Rolled back']);
    expect(slack.messages.flatMap(({ blocks }) => blocks).filter(({ type }) => type === 'actions')).toEqual(
      [],
    );
  });

  it('tells only the end in the quiet mode', async () => {
    for (const notice of [buildingNotice, notices.good]) await deliver(hook(undefined, 'ends'), notice);
    expect(slack.messages.map(({ text }) => text.split(' · ')[1])).toEqual(['Succeeded']);
  });

  it('that was removed is a person’s to mend; patience is passed on; silence is tried again', async () => {
    await expect(deliver(hook(`${slack.origin}/services/other`))).rejects.toMatchObject({
      needsPerson: true,
    });
    slack.trouble = { kind: 'rate', seconds: 3 };
    await expect(deliver(hook())).rejects.toMatchObject({ retryAfterMs: 3_000 });
    slack.trouble = { kind: 'hang' };
    await expect(deliver(hook(undefined, 'all', 300))).rejects.toMatchObject({ needsPerson: false });
  });
});
