import { describe, expect, it } from 'vitest';
import { redacted } from '../../../src/config/redacted.ts';
import { configSecrets } from '../../../src/config/secrets.ts';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { siskinYaml } from '../../support/config-samples.ts';

const parse = (slack: string) => parseSiskinConfig(siskinYaml(`slack: ${slack}`), '/srv/siskin.yaml', {});

const bot = `{ botToken: xoxb-1234-abcdef, channel: C0123, signingSecret: 0123456789abcdef0123456789abcdef,
  appToken: xapp-1-abcdef, apiUrl: "http://127.0.0.1:9999/api", locale: ko, tell: ends,
  mentions: { failed: [U012ABC, here] }, users: { U012ABC: { name: ana, role: deployer } }, defaultRole: none }`;

describe('slack in siskin.yaml', () => {
  it('is a bot, in the units that Siskin works with', () => {
    expect(parse(bot).slack).toEqual({
      kind: 'bot',
      botToken: 'xoxb-1234-abcdef',
      channel: 'C0123',
      signingSecret: '0123456789abcdef0123456789abcdef',
      appToken: 'xapp-1-abcdef',
      apiUrl: 'http://127.0.0.1:9999/api/',
      locale: 'ko',
      tell: 'ends',
      mentions: { failed: ['U012ABC', 'here'] },
      users: [{ id: 'U012ABC', name: 'ana', role: 'deployer' }],
      defaultRole: 'none',
    });
  });

  it('is an incoming webhook, with the defaults of the rest', () => {
    const webhookUrl = 'https://hooks.slack.com/services/T0/B0/x';
    expect(parse(`{ webhookUrl: "${webhookUrl}" }`).slack).toEqual({
      kind: 'webhook',
      webhookUrl,
      locale: 'en',
      tell: 'all',
      mentions: {},
    });
  });

  it('has other settings for an environment', () => {
    const slack = '\n      test: { branch: test, slack: { channel: C0456, mentions: { failed: [] } } }';
    const text = `${siskinYaml('slack: { botToken: xoxb-1234-abcdef, channel: C0123 }').trimEnd()}${slack}\n`;
    const [app] = parseSiskinConfig(text, '/srv/siskin.yaml', {}).apps;
    expect(app?.environments.map((one) => one.slack)).toEqual([
      undefined,
      { channel: 'C0456', mentions: { failed: [] } },
    ]);
  });

  it('shows none of its secrets, and gives them all to the log to be masked', () => {
    for (const slack of [bot, '{ webhookUrl: "https://hooks.slack.com/services/T0/B0/hunter2" }']) {
      const config = parse(slack);
      const secrets = configSecrets(config);
      expect(secrets.length).toBe(slack === bot ? 3 : 1);
      const shown = JSON.stringify(redacted(config));
      for (const secret of secrets) expect(shown).not.toContain(secret);
    }
  });
});
