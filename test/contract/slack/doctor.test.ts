import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSlack } from '../../../src/cli/doctor/slack.ts';
import type { SlackBotConfig } from '../../../src/config/siskin-config.ts';
import { type FakeSlack, startFakeSlack } from '../../support/fake-slack/server.ts';

let slack: FakeSlack;
beforeEach(async () => {
  slack = await startFakeSlack(['C0SHOP', 'C0OTHER']);
});
afterEach(() => slack.stop());

const examine = async (change: Partial<SlackBotConfig> = {}) => {
  const config: SlackBotConfig = {
    kind: 'bot',
    botToken: slack.botToken,
    channel: 'C0SHOP',
    signingSecret: 'x'.repeat(32),
    apiUrl: slack.apiUrl,
    users: [{ id: 'U0ANA', name: 'ana', role: 'deployer' }],
    defaultRole: 'viewer',
    locale: 'en',
    tell: 'all',
    mentions: {},
    ...change,
  };
  const subject = {
    dataDir: '',
    serverListen: '',
    routerListen: null,
    redis: null,
    prometheusUrl: null,
    dockerHost: '',
    config: null,
    slack: { config, channels: ['C0SHOP', 'C0OTHER'] },
  };
  return (await checkSlack(subject)).map(({ level, detail }) => `${level} ${detail}`);
};

describe('siskin doctor on Slack', () => {
  it('says whose the token is and that the channels can be written to, posting nothing', async () => {
    expect(await examine()).toEqual([
      'ok siskin in Acme',
      'ok the channel C0SHOP can be written to',
      'ok the channel C0OTHER can be written to',
    ]);
    expect(slack.messages).toEqual([]);
  });

  it('says what is wrong with channels, scopes and roles', async () => {
    slack.channels.set('C0SHOP', { member: false, archived: false });
    slack.channels.delete('C0OTHER');
    slack.scopes.delete('chat:write');
    slack.scopes.delete('channels:history');
    expect(await examine({ users: [] })).toEqual([
      'ok siskin in Acme',
      'fail the scope chat:write is missing: without it nothing can be told',
      expect.stringMatching(/^warn the scope channels:history or groups:history is missing/),
      'fail C0SHOP: does not have the app in it: /invite it there',
      expect.stringMatching(/^fail C0OTHER: there is no such channel/),
      'warn nobody is named who may press a button',
    ]);
  });

  it('says what to do about a revoked token, and when Slack does not answer', async () => {
    slack.revoked = true;
    expect(await examine()).toEqual([expect.stringMatching(/^fail the bot token was revoked/)]);
    slack.trouble = { kind: 'status', status: 503 };
    expect(await examine()).toEqual([
      expect.stringMatching(/^fail Slack answered auth\.test with status 503/),
    ]);
  });
});
