import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serviceSchema } from '../../../src/config/compose/service.ts';
import { siskinSchema } from '../../../src/config/siskin/schema.ts';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { analysisPlaceholders } from '../../../src/domain/analysis-query.ts';
import { composeOptions, readCompose } from '../../support/config-samples.ts';
import { schemaKeys } from '../../support/config-schema-keys.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../../docs/reference/${name}`, import.meta.url), 'utf8');
const yamlBlocks = (text: string): string[] =>
  [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);

describe('docs/reference/siskin-yaml.md', () => {
  const text = read('siskin-yaml.md');

  it('has an example that is right', () => {
    const [example = '', ...others] = yamlBlocks(text);
    const env = {
      SISKIN_WEBHOOK_SECRET: '0123456789abcdef',
      REDIS_PASSWORD: 'secret',
      SLACK_BOT_TOKEN: 'xoxb-1234-abcdef',
      SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
      SHOP_TOKEN: 'a-token-of-shop',
      SHOP_SENTRY_DSN: 'https://key@sentry.example.com/1',
      LOAD_TEST_TOKEN: 'a-token-of-the-load-tests',
      SISKIN_GITHUB_TOKEN: 'github_pat_0123',
    };
    const config = parseSiskinConfig(example, 'siskin.yaml', env);
    expect(config.apps[0]?.environments.map(({ environment }) => environment)).toEqual([
      'production',
      'test',
    ]);
    expect(others).toEqual([]);
  });

  it.each(schemaKeys(siskinSchema))('tells of %s', (key) => expectMention(text, key));
});

describe('docs/reference/compose.md', () => {
  const text = read('compose.md');

  it('has an example that is right', () => {
    const [example = '', ...others] = yamlBlocks(text);
    const spec = readCompose(example);
    expect(spec.rollout).toMatchObject({ replicas: 3, port: 3000, canary: { share: 0.25, max5xx: 0.05 } });
    expect(spec.container.environment).toEqual({ NODE_ENV: 'production', LOG_LEVEL: 'info' });
    expect(others).toHaveLength(1);
  });

  it('has an example of conditions that is right', () => {
    const [, example = ''] = yamlBlocks(text);
    expect(example.split('\n', 1)).toEqual(['# docker-compose.yml']);
    const { analysis } = readCompose(example).rollout;
    expect(analysis.map(({ name, max, windowMs }) => [name, max, windowMs])).toEqual([
      ['latency', 1.3, 20_000],
      ['checkout-errors', 0.5, 30_000],
      ['queue', 1000, 0],
    ]);
    expect(analysis[2]?.query).toContain('worker-[0-9]+$"');
  });

  it.each(analysisPlaceholders)('tells of the placeholder %s', (name) => {
    expect(text).toContain(`\`{{${name}}}\``);
  });

  const schema = serviceSchema({
    ...composeOptions,
    service: 'web',
    folder: '.',
    volumes: null,
    networks: null,
  });
  it.each(schemaKeys(schema))('tells of %s', (key) => expectMention(text, key));
});

/** The key's last word stands in code, alone or as part of a longer key. */
function expectMention(text: string, key: string): void {
  const word = key.split('.').at(-1) ?? '';
  expect(text).toMatch(new RegExp(`[\`.]${word}(\\[\\])?[\`.:]`));
}
