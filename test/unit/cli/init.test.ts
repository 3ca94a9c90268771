import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Question, questions } from '../../../src/cli/init/answers.ts';
import { addSiskinBlock } from '../../../src/cli/init/compose-edit.ts';
import { siskinYaml } from '../../../src/cli/init/siskin-yaml.ts';

const compose = `# the shop
services:
    web:   # four spaces, as we like it
        build: .
        environment:
            - "A=1"   # quoted

        labels: {a: b}
    # the database is ours
    db:
        image: postgres:16
`;

describe('the x-siskin block', () => {
  it('goes behind the service, and leaves every other character as it was', () => {
    const { text, changed, publishesPorts } = addSiskinBlock(compose, 'web', 3000, '/healthz');
    const block = '        x-siskin:\n          port: 3000\n          health: { path: "/healthz" }\n';
    expect(text).toBe(compose.replace('        labels: {a: b}\n', `        labels: {a: b}\n${block}`));
    expect({ changed, publishesPorts }).toEqual({ changed: true, publishesPorts: false });
  });

  it.each([
    ['the last service, without a line end', 'services:\n  web:\n    image: a'],
    ['a block text at its end', 'services:\n  web:\n    command: |\n      a\n      b\n\nvolumes: {}\n'],
    ['Windows line ends', 'services:\r\n  web:\r\n    build: .\r\n'],
    ['a map in braces', 'services: { web: { build: . } } # all on one line\n'],
    ['an anchor', 'x-a: &a\n  restart: always\nservices:\n  web:\n    <<: *a\n    build: .\n'],
    ['a comment at its end', 'services:\n  web:\n    build: . # here\n    # and here\n  db:\n    image: x\n'],
  ])('in %s changes nothing but itself', (_what, text) => {
    const { text: after } = addSiskinBlock(text, 'web', 8080, '/up?x="1"');
    const before = parse(text, { merge: true });
    before.services.web['x-siskin'] = { port: 8080, health: { path: '/up?x="1"' } };
    expect(parse(after, { merge: true })).toEqual(before);
    for (const comment of text.match(/#.*$/gm) ?? []) expect(after).toContain(comment);
  });

  it('is not touched where it is', () => {
    const text = 'services: { web: { ports: ["80:80"], x-siskin: { port: 1 } } }';
    expect(addSiskinBlock(text, 'web', 3000, '/')).toEqual({ text, changed: false, publishesPorts: true });
  });

  it.each([
    ['services: { db: {} }', 'has no service web; it has: db'],
    ['a: [', 'is not YAML: '],
    ['', 'has no service web; it has: none'],
  ])('%j: %s', (text, message) => {
    expect(() => addSiskinBlock(text, 'web', 3000, '/')).toThrow(message);
  });
});

describe('siskin.yaml', () => {
  it('says what was answered, whatever YAML would make of it', () => {
    const branch = fc.constantFrom('release', 'on', '1.0', 'null', '0x1f', 'a#b', 'feature/x');
    fc.assert(
      fc.property(branch, branch, (production, test) => {
        const answers = {
          repo: 'git@github.com:acme/shop.git',
          app: 'shop',
          service: 'web',
          port: '1',
          health: '/',
        };
        const hosts = { host: 'shop.example.com', testHost: '', publicUrl: '', config: 'siskin.yaml' };
        const text = siskinYaml(
          { ...answers, ...hosts, branch: production, testBranch: test },
          'compose.yaml',
          false,
        );
        expect(parse(text).apps.shop).toEqual({
          repo: answers.repo,
          compose: 'compose.yaml',
          service: 'web',
          environments: {
            production: { branch: production, routes: [{ host: hosts.host }] },
            test: { branch: test },
          },
        });
        expect(parse(text).github.webhookSecret).toMatch(/^\$\{SISKIN_WEBHOOK_SECRET\}$/);
      }),
    );
  });
});

describe('an answer', () => {
  it.each<[Question, string, boolean]>([
    ['repo', 'https://github.com/acme/shop.git', true],
    ['repo', 'https://user:pass@github.com/acme/shop.git', false],
    ['repo', 'ext::sh -c id', false],
    ['app', 'shop', true],
    ['app', '../x', false],
    ['branch', '--upload-pack=x', false],
    ['testBranch', '', true],
    ['port', '0', false],
    ['port', '65536', false],
    ['port', '3000', true],
    ['health', 'healthz', false],
    ['host', 'shop.example.com; return 301', false],
    ['testHost', '', true],
    ['config', 'a\u001b.yaml', false],
  ])('%s: %s is right: %s', (question, answer, right) => {
    expect(questions[question].problem(answer) === undefined).toBe(right);
  });
});
