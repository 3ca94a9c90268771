import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { siskinYaml } from '../../support/config-samples.ts';
import { slackPage, withPictures } from '../../support/slack-page.ts';

const blocks = (text: string): string[] =>
  [...text.matchAll(/```yml\n([\s\S]*?)```/g)].map(([, block = '']) => block);

it('docs/guides/slack.md shows messages as they are (npm run docs:slack)', async () => {
  const text = await slackPage();
  expect(withPictures(text)).toBe(text);
});

it('docs/guides/slack.md has siskin.yaml that is right, and a manifest with the scopes it speaks of', async () => {
  const [manifest = '', ...configs] = blocks(await slackPage());
  const scopes = z
    .object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) })
    .parse(parse(manifest)).oauth_config.scopes.bot;
  expect(scopes).toEqual(
    expect.arrayContaining(['chat:write', 'channels:history', 'channels:read', 'commands']),
  );
  expect(configs.length).toBeGreaterThanOrEqual(3);
  const env = {
    SLACK_BOT_TOKEN: 'xoxb-1234-abcd',
    SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
    SLACK_APP_TOKEN: 'xapp-1-abcd',
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/x',
  };
  for (const config of configs)
    expect(parseSiskinConfig(siskinYaml(config), 'siskin.yaml', env).slack).toBeDefined();
});
