import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { readCompose } from '../../support/config-samples.ts';
import { docsPages, type Fence, fences } from '../../support/docs-pages.ts';

const env = {
  SISKIN_WEBHOOK_SECRET: '0123456789abcdef',
  SHOP_TOKEN: 'a-token-of-shop',
  LOAD_TEST_TOKEN: 'a-token-of-the-load-tests',
  SISKIN_GITHUB_TOKEN: 'github_pat_0123',
};
const variables = { DATABASE_URL: 'postgres://db/shop' };

/** What the first line of a block says that it is. */
const kindOf = ({ text }: Fence): string => text.split('\n', 1)[0] ?? '';

/** These two hold one whole example each, which test/unit/config/reference.test.ts reads. */
const readElsewhere = ['docs/reference/siskin-yaml.md', 'docs/reference/compose.md'];

const examples = docsPages()
  .filter(({ path }) => !readElsewhere.includes(path))
  .flatMap((page) =>
    fences(page)
      .filter(({ language }) => language === 'yaml')
      .map((fence, index) => ({ name: `${page.path} (${index + 1})`, fence })),
  );

/** Siskin's own, which an override in the docs adds to. */
const ownCompose = readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');
const serviceNames = (text: string): string[] =>
  Object.keys(
    z.object({ services: z.record(z.string(), z.unknown()) }).parse(parse(text, { merge: true })).services,
  );

describe('the YAML examples of the docs', () => {
  it('are there in README and guide', () => {
    const names = examples.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['README.md (1)', 'docs/guides/first-app.md (2)']));
  });

  it.each(examples)('$name is right', ({ fence }) => {
    switch (kindOf(fence)) {
      case '# siskin.yaml': {
        const { apps } = parseSiskinConfig(fence.text, 'siskin.yaml', env);
        expect(apps.map(({ app }) => app)).toContain('shop');
        return;
      }
      case '# docker-compose.yml':
        expect(readCompose(fence.text, { variables }).rollout.port).toBe(3000);
        return;
      case '# docker-compose.override.yml':
        expect(serviceNames(ownCompose)).toEqual(expect.arrayContaining(serviceNames(fence.text)));
        return;
      default:
        expect.fail(
          `begin it with "# siskin.yaml", "# docker-compose.yml" or its override, not with: ${kindOf(fence)}`,
        );
    }
  });
});
