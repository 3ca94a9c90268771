import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callOptions } from '../../../src/adapters/slack/client.ts';
import { type FakeSlack, startFakeSlack } from '../../support/fake-slack/server.ts';

let slack: FakeSlack;
let web: WebClient;

beforeEach(async () => {
  slack = await startFakeSlack();
  web = new WebClient(slack.botToken, callOptions(slack.apiUrl, 30_000));
});
afterEach(() => slack.stop());

const channel = 'C0SHOP';
const metadata = { event_type: 'siskin_deployment', event_payload: { deployment: 'd1' } };
const refusalOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof WebAPIPlatformError) return error.data.error;
  throw new Error(`refused otherwise: ${String(error)}`);
};

describe("the fake Slack, as Slack's own library reads it", () => {
  it('keeps what is posted, edits it, and gives metadata only when asked', async () => {
    const { ts = '' } = await web.chat.postMessage({ channel, text: 'one', metadata });
    await web.chat.postMessage({ channel, text: 'reply', thread_ts: ts });
    await web.chat.update({ channel, ts, text: 'two' });
    const bare = await web.conversations.history({ channel });
    expect(bare.messages?.map(({ text, metadata: shown }) => [text, shown])).toEqual([['two', undefined]]);
    const full = await web.conversations.history({ channel, include_all_metadata: true });
    expect(full.messages?.[0]?.metadata).toEqual(metadata);
    const replies = await web.conversations.replies({ channel, ts });
    expect(replies.messages?.map(({ text }) => text)).toEqual(['two', 'reply']);
  });

  it('gives history newest first, in pages', async () => {
    for (const text of ['a', 'b', 'c']) await web.chat.postMessage({ channel, text });
    const first = await web.conversations.history({ channel, limit: 2 });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await web.conversations.history({ channel, limit: 2, cursor });
    expect([first, second].map(({ messages }) => messages?.map(({ text }) => text))).toEqual([
      ['c', 'b'],
      ['a'],
    ]);
  });

  it('refuses as Slack does', async () => {
    const text = 'x';
    expect(await refusalOf(web.chat.postMessage({ channel: 'C0NONE', text }))).toBe('channel_not_found');
    expect(await refusalOf(web.chat.update({ channel, ts: '1700000000.000001', text }))).toBe(
      'message_not_found',
    );
    const blocks = [
      { type: 'header' as const, text: { type: 'plain_text' as const, text: 'x'.repeat(151) } },
    ];
    expect(await refusalOf(web.chat.postMessage({ channel, text, blocks }))).toBe('invalid_blocks');
    slack.channels.set(channel, { member: false, archived: false });
    expect(await refusalOf(web.chat.postMessage({ channel, text }))).toBe('not_in_channel');
    slack.scopes.delete('channels:history');
    expect(await refusalOf(web.conversations.history({ channel }))).toBe('missing_scope');
    const stranger = new WebClient('xoxb-other', callOptions(slack.apiUrl));
    expect(await refusalOf(stranger.auth.test())).toBe('invalid_auth');
    slack.revoked = true;
    expect(await refusalOf(web.auth.test())).toBe('token_revoked');
  });

  it('limits, fails and hangs as the library knows it, once each', async () => {
    slack.trouble = { kind: 'rate', seconds: 7 };
    await expect(web.auth.test()).rejects.toSatisfy(
      (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 7,
    );
    slack.trouble = { kind: 'status', status: 503 };
    await expect(web.auth.test()).rejects.toSatisfy(
      (error) => error instanceof WebAPIHTTPError && error.statusCode === 503,
    );
    slack.trouble = { kind: 'hang' };
    const hasty = new WebClient(slack.botToken, callOptions(slack.apiUrl, 300));
    await expect(hasty.auth.test()).rejects.toThrow();
    expect(slack.calls).toEqual(['auth.test', 'auth.test', 'auth.test']);
  });

  it('tells its scopes', async () => {
    const { response_metadata } = await web.auth.test();
    expect(response_metadata?.scopes).toContain('chat:write');
  });
});
