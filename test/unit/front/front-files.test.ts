import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frontFiles } from '../../../src/adapters/templates/front-files.ts';
import { modelOf } from '../../support/front-model.ts';

const golden = join(import.meta.dirname, '../../golden/nginx');
const yaml = (name: string) => readFileSync(join(golden, `${name}.yaml`), 'utf8');
const filesOf = (text: string) => frontFiles(modelOf(text));

describe("nginx's configuration", () => {
  it.each(['plain', 'full', 'forward'])('of %s.yaml', async (name) => {
    const { files } = await filesOf(yaml(name));
    const shown = files
      .filter(({ path }) => path !== 'mime.types')
      .map(
        ({ path, text }) =>
          `######## ${path}\n${text.replace(/return 200 "[0-9a-f]{16}"/, 'return 200 "…"')}`,
      );
    await expect(shown.join('\n')).toMatchFileSnapshot(join(golden, `${name}.conf`));
  });

  it('has the same name only when it is the same', async () => {
    const one = await filesOf(yaml('plain'));
    expect((await filesOf(yaml('plain'))).generation).toBe(one.generation);
    expect((await filesOf(yaml('plain').replace('0.0.0.0:80', '0.0.0.0:81'))).generation).not.toBe(
      one.generation,
    );
    expect(one.files.at(-1)?.text).toContain(`return 200 "${one.generation}"`);
  });

  it('does not depend on the order of environments and routes', async () => {
    const config = yaml('full');
    const routes = '{ host: shop.example.com, path: /api/ }, { host: www.example.com, path: /shop }';
    const turned = '{ host: www.example.com, path: /shop }, { host: shop.example.com, path: /api/ }';
    expect(config).toContain(routes);
    expect(await filesOf(config.replace(routes, turned))).toEqual(await filesOf(config));
  });

  it('has nothing of an environment without routes', async () => {
    const none = yaml('plain').replace('[{ host: shop.example.com }]', '[]');
    const { files } = await filesOf(none);
    expect(files.filter(({ path }) => path.includes('/'))).toEqual([]);
  });

  it('takes no value that nginx would read as more than a value', () => {
    const odd = fc.constantFrom('"', '\\', '$', '\n', '\u0000');
    const around = fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
    fc.assert(
      fc.property(around, odd, around, (before, what, after) => {
        const paths = {
          pid: '/p',
          temp: '/t',
          certificates: '/c',
          challenges: '/a',
          sockets: '/s',
          users: `/${before}${what}${after}`,
        };
        expect(() => modelOf(yaml('plain'), { paths })).toThrow(/cannot be a path of the front/);
      }),
    );
  });
});
