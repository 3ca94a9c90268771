import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withEnvFile } from '../../../src/config/env-file.ts';
import { ProblemsError } from '../../../src/config/problems.ts';
import { redacted } from '../../../src/config/redacted.ts';
import { findEnvironment, loadSiskinConfig, parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { siskinMistakes, siskinYaml } from '../../support/config-samples.ts';

const secret = '0123456789abcdef';
const hash = 'AB'.repeat(32);

describe('siskin.yaml', () => {
  it('has a default for everything but the apps', () => {
    expect(parseSiskinConfig(siskinYaml(), '/etc/siskin/siskin.yaml', {})).toEqual({
      file: '/etc/siskin/siskin.yaml',
      dataDir: '/etc/siskin/data',
      server: { listen: { host: '127.0.0.1', port: 8080 } },
      router: { listen: { host: '127.0.0.1', port: 8081 } },
      docker: { host: 'unix:///var/run/docker.sock' },
      github: {
        webhookSecrets: [],
        apiUrl: 'https://api.github.com',
        deployments: true,
        statuses: true,
      },
      api: { tokens: [] },
      build: { timeoutMs: 1_200_000, concurrency: 1, maxContextBytes: 2 ** 30 },
      reconcile: { everyMs: 40_000 },
      history: { keep: 200, maxAgeMs: 90 * 24 * 3_600_000 },
      allow: { mounts: [], networks: [], volumes: [] },
      secrets: { identityFile: '/etc/siskin/data/secrets/identity' },
      apps: [
        {
          app: 'shop',
          repository: 'https://github.com/acme/shop.git',
          composeFile: 'docker-compose.yml',
          services: ['web'],
          git: { submodules: false, lfs: false },
          environments: [
            {
              environment: 'production',
              branch: 'release',
              forcedPushes: 'allow',
              routes: [],
              profiles: [],
              variables: {},
              secrets: [],
              secretValues: {},
            },
          ],
        },
      ],
    });
  });

  it('turns what is written into units, absolute paths and lists', () => {
    const text = siskinYaml(
      `dataDir: ../var
server: { listen: "[::1]:9000", publicUrl: "https://deploy.example.com" }
redis: { url: "unix:///run/redis.sock" }
router: { container: siskin-router, socket: run/haproxy.sock }
docker: { network: acme }
github: { webhookSecret: [ "\${S}", 0123456789abcdefg ] }
api: { tokens: [ { name: ci, role: deployer, hash: "sha256:${hash}" } ] }
build: { timeout: 90s, concurrency: "\${N}", maxContext: 1.5g, memory: 2g, cpus: 1.5 }
reconcile: { every: 2m }
history: { keep: "\${KEEP}", maxAge: 36h }
allow: { mounts: [ /srv//shop/ ], networks: [ acme_shared ] }`,
      '    compose: ./deploy/../compose.yml\n    forcedPushes: refuse\n',
    );
    const config = parseSiskinConfig(text, '/etc/siskin/siskin.yaml', { S: secret, N: '2', KEEP: '50' });
    expect(config).toMatchObject({
      dataDir: '/etc/var',
      server: { listen: { host: '::1', port: 9000 }, publicUrl: 'https://deploy.example.com' },
      redis: { url: 'unix:///run/redis.sock' },
      router: { container: 'siskin-router', socket: '/etc/siskin/run/haproxy.sock' },
      docker: { network: 'acme' },
      github: { webhookSecrets: [secret, '0123456789abcdefg'] },
      api: { tokens: [{ name: 'ci', role: 'deployer', sha256: hash.toLowerCase() }] },
      build: {
        timeoutMs: 90_000,
        concurrency: 2,
        maxContextBytes: 1.5 * 2 ** 30,
        memoryBytes: 2 ** 31,
        nanoCpus: 1.5e9,
      },
      reconcile: { everyMs: 120_000 },
      history: { keep: 50, maxAgeMs: 36 * 3_600_000 },
      allow: { mounts: ['/srv/shop'], networks: ['acme_shared'] },
      apps: [{ composeFile: 'compose.yml', environments: [{ forcedPushes: 'refuse' }] }],
    });
  });

  it.each([
    'https://github.com/acme/shop.git',
    'https://git.example.com:8443/acme/shop',
    'ssh://git@github.com/acme/shop.git',
    'ssh://git@git.example.com:2222/acme/shop.git',
    'git@github.com:acme/shop.git',
    'file:///srv/git/shop.git',
    '/srv/git/shop.git',
  ])('takes the repository %s', (repo) => {
    expect(siskinMistakes(siskinYaml().replace(/repo: .*/, `repo: ${repo}`))).toEqual([]);
  });

  it.each([
    'ext::sh -c id',
    'fd::17',
    '-uxyz',
    'ssh://-oProxyCommand=id/x',
    'ssh://git@-oProxyCommand=id/x',
    'git@-oProxyCommand=id:x',
    '-oProxyCommand=id@host:x',
    'https://user:hunter2@github.com/acme/shop.git',
    'https://hunter2@github.com/acme/shop.git',
    'https://github.com/acme/shop.git?token=hunter2',
    'https://github.com/acme/shop.git#hunter2',
    'https:///acme/shop.git',
    'https://github.com/',
    'ftp://github.com/acme/shop.git',
    'github.com:acme/shop.git',
    '../shop.git',
    'file://host/shop.git',
    '/srv/git/../../etc',
    '/',
  ])('threat 10: refuses the repository %s, and does not repeat it', (repo) => {
    const mistakes = siskinMistakes(siskinYaml().replace(/repo: .*/, `repo: ${JSON.stringify(repo)}`));
    expect(mistakes).toEqual([expect.stringMatching(/^siskin\.yaml:\d+:5 apps\.shop\.repo: /)]);
    expect(mistakes.join()).not.toContain('hunter2');
  });

  it.each(['../../x', 'a;rm', 'x'.repeat(42), 'schön', 'Shop', '', '-a', 'a b', 'a\nb'])(
    'threat 20: refuses %j as the name of an app, environment or service',
    (name) => {
      const quoted = JSON.stringify(name);
      for (const text of [
        siskinYaml().replace('shop:', `${quoted}:`),
        siskinYaml().replace('production:', `${quoted}:`),
        siskinYaml().replace('service: web', `service: ${quoted}`),
      ])
        expect(siskinMistakes(text)).not.toEqual([]);
    },
  );

  it.each([
    '-bevil',
    '--upload-pack=x',
    'a b',
    'a..b',
    'a@{1}',
    'a\nb',
    'a^',
    'a:b',
    'x.lock',
    '.x',
    'a/',
    '/a',
    'a//b',
    '@',
    'refs/heads/a',
    'x'.repeat(201),
    '',
  ])('threat 9: refuses the branch %j', (branch) => {
    const mistakes = siskinMistakes(
      siskinYaml().replace('branch: release', `branch: ${JSON.stringify(branch)}`),
    );
    expect(mistakes).toEqual([expect.stringContaining('must be a branch name that git allows')]);
  });

  it.each(['main', 'release/2.x', 'feature/ünicode', 'a-b_c', '1'])('follows the branch %j', (branch) => {
    const text = siskinYaml().replace('branch: release', `branch: ${JSON.stringify(branch)}`);
    expect(parseSiskinConfig(text, 'siskin.yaml', {}).apps[0]?.environments[0]?.branch).toBe(branch);
    expect(execFileSync('git', ['check-ref-format', '--branch', branch], { encoding: 'utf8' }).trim()).toBe(
      branch,
    );
  });

  const withRoute = (route: object) =>
    siskinYaml().replace('release }', `release, routes: [ ${JSON.stringify(route)} ] }`);

  it.each([
    'shop.example.com',
    'SHOP.example.com',
    'localhost',
    '203.0.113.7',
    'xn--schn-7qa.example',
    'a.b-c.d1',
  ])('routes the host %s', (host) => {
    const config = parseSiskinConfig(withRoute({ host }), 'siskin.yaml', {});
    expect(config.apps[0]?.environments[0]?.routes).toEqual([{ host: host.toLowerCase(), path: '/' }]);
  });

  it.each([
    '*.a.com',
    'a_b.com',
    'a.com:80',
    'http://a.com',
    'a com',
    'a.com\n',
    '300.1.1.1',
    '1.2.3',
    '01.2.3.4',
    '-a.com',
    'a-.com',
    'a..com',
    'a.com.',
    '.a.com',
    `${'a'.repeat(64)}.com`,
    'a.'.repeat(127),
    'a}',
    'a;b',
    "a'b",
    'a"b',
    'a\\b',
    'é.com',
    '',
    'a.123',
  ])('threat 22: refuses the host %j', (host) =>
    expect(siskinMistakes(withRoute({ host }))).toEqual([
      expect.stringContaining('routes[0].host: must be a host name'),
    ]),
  );

  it.each([
    '',
    'a',
    '/a b',
    '/a\n',
    '/a"',
    "/a'",
    '/a;',
    '/a{',
    '/a#',
    '/a?b',
    '/a%0a',
    '/a\\',
    '//a',
    '/a//b',
    '/a/../b',
    '/./a',
    `/${'a'.repeat(300)}`,
  ])('threat 22: refuses the path %j', (path) =>
    expect(siskinMistakes(withRoute({ host: 'a.com', path }))).toEqual([
      expect.stringContaining('routes[0].path: must be a path'),
    ]),
  );

  it('gives the mistakes as a list too', () => {
    try {
      parseSiskinConfig('server: 3\nzebra: 1\n', 'siskin.yaml', {});
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemsError);
      expect(error).toMatchObject({
        code: 'CONFIG_INVALID',
        location: { file: 'siskin.yaml', line: 1, column: 1, key: 'server' },
        problems: [
          { key: 'server', line: 1 },
          { key: 'zebra', line: 2, message: expect.stringContaining('is not a known key') },
        ],
      });
    }
  });

  it('finds environments by name only', () => {
    const config = parseSiskinConfig(siskinYaml(), 'siskin.yaml', {});
    expect(findEnvironment(config, { app: 'shop', environment: 'production' })?.environment.branch).toBe(
      'release',
    );
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(findEnvironment(config, { app: name, environment: name })).toBeUndefined();
  });

  it('threat 24: shows itself without secrets', () => {
    const text = siskinYaml(
      `github: { webhookSecret: hunter2-hunter2-hunter2 }
redis: { url: "redis://user:hunter2@127.0.0.1:6379" }
prometheus: { url: "http://hunter2:hunter2@127.0.0.1" }
api: { tokens: [ { name: ci, role: admin, hash: "sha256:${hash}" } ] }`,
    ).replace('release }', 'release, env: { PASSWORD: hunter2 } }');
    const shown = JSON.stringify(redacted(parseSiskinConfig(text, 'siskin.yaml', {})));
    expect(shown).not.toMatch(new RegExp(`hunter2|${hash}`, 'i'));
    expect(shown).toContain('PASSWORD');
  });
});

describe('the files', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'siskin-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('are read, siskin.yaml and the envFile of an environment', async () => {
    write(
      'shop.env',
      '# comment\nexport A="a\\n\\"b\\""\nB=\'$x # y\'\nC= c d # comment\nD=\n\nE=env-file\n',
    );
    const file = write(
      'siskin.yaml',
      siskinYaml().replace('release }', 'release, envFile: shop.env, env: { E: yaml, F: 1.10 } }'),
    );
    const config = await loadSiskinConfig(file, {});
    const [environment] = config.apps[0]?.environments ?? [];
    if (!environment) expect.unreachable();
    expect(environment.envFile).toBe(join(folder, 'shop.env'));
    expect((await withEnvFile(environment)).variables).toEqual({
      A: 'a\n"b"',
      B: '$x # y',
      C: 'c d',
      D: '',
      E: 'yaml',
      F: '1.10',
    });
  });

  it.each(['A="hunter2', 'hunter2', "A='hunter2'x", '1A=hunter2', 'A B=hunter2'])(
    'threat 24: an envFile with the line %j is refused without showing it',
    async (line) => {
      write('shop.env', `X=1\n${line}\n`);
      const file = write('siskin.yaml', siskinYaml().replace('release }', 'release, envFile: shop.env }'));
      const error: unknown = await loadSiskinConfig(file, {}).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'ENV_FILE_INVALID', location: { line: 2 } });
      expect(String(error)).not.toContain('hunter2');
    },
  );

  it('are refused when they are missing, folders, pipes, too large or no text', async () => {
    const code = (path: string) => loadSiskinConfig(path, {}).catch((error: { code: string }) => error.code);
    expect(await code(join(folder, 'none.yaml'))).toBe('CONFIG_MISSING');
    expect(await code(folder)).toBe('CONFIG_UNREADABLE');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await code(join(folder, 'pipe'))).toBe('CONFIG_UNREADABLE');
    expect(await code(write('large.yaml', '#'.repeat(256 * 1024 + 1)))).toBe('CONFIG_UNREADABLE');
    expect(await code(write('binary.yaml', Uint8Array.of(0xff, 0xfe, 0x00)))).toBe('CONFIG_UNREADABLE');
    symlinkSync(write('real.yaml', siskinYaml()), join(folder, 'link.yaml'));
    expect(await loadSiskinConfig(join(folder, 'link.yaml'), {})).toHaveProperty('apps.length', 1);
  });
});

describe('git of an app', () => {
  const parsed = (git: string, repo = 'git@github.com:acme/shop.git') =>
    parseSiskinConfig(
      `apps:\n  shop:\n    repo: ${repo}\n    service: web\n    git: ${git}\n    environments: { test: { branch: main } }\n`,
      '/etc/siskin/siskin.yaml',
      { TOKEN: 'planted-token-1' },
    ).apps[0]?.git;

  it('becomes absolute paths and credentials', () => {
    expect(parsed('{ deployKeyFile: keys/shop, knownHostsFile: keys/hosts, submodules: true }')).toEqual({
      deployKeyFile: '/etc/siskin/keys/shop',
      knownHosts: { file: '/etc/siskin/keys/hosts' },
      submodules: { hosts: [] },
      lfs: false,
    });
    expect(parsed('{ submodules: { hosts: [GitLab.com] } }')).toMatchObject({
      submodules: { hosts: ['gitlab.com'] },
    });
    expect(parsed('{ token: "$TOKEN", lfs: "true" }', 'https://github.com/acme/shop.git')).toEqual({
      credentials: { username: 'x-access-token', password: 'planted-token-1' },
      submodules: false,
      lfs: true,
    });
  });

  it.each([
    ['{ deployKeyFile: k }', undefined, /git\.deployKeyFile: needs pinned host keys/],
    [
      '{ deployKeyFile: k, knownHosts: ["nonsense"] }',
      undefined,
      /knownHosts\[0\]: must be a line of a known_hosts/,
    ],
    ['{ deployKeyFile: k, knownHostsFile: h }', 'https://h/x.git', /deployKeyFile: is for an ssh address/],
    ['{ token: planted-token-1 }', undefined, /git\.token: is for an https:\/\/ address/],
    ['{ token: "planted token" }', 'https://h/x.git', /git\.token: must be a token of 8 to 1024/],
    ['{ deployKeyFile: "a\\"b", knownHostsFile: h }', undefined, /deployKeyFile: must be the path of a file/],
  ])('%s is refused', (git, repo, message) => {
    expect(() => parsed(git, repo)).toThrow(message);
    expect(() => parsed(git, repo)).not.toThrow(/planted/);
  });

  it('must be the same for two apps of one repository', () => {
    const app = (name: string, git: string) =>
      `  ${name}:\n    repo: https://h/x.git\n    service: web\n    git: { lfs: ${git} }\n    environments: { test: { branch: main } }\n`;
    const both = `apps:\n${app('shop', 'true')}${app('blog', 'false')}`;
    expect(() => parseSiskinConfig(both, 'siskin.yaml', {})).toThrow(
      /apps\.blog\.git: must be the same as in the app shop/,
    );
  });
});

describe('secrets of an environment', () => {
  const parsed = (secrets: string) =>
    parseSiskinConfig(
      `apps:\n  shop:\n    repo: /r\n    service: web\n    environments: { test: { branch: main, secrets: ${secrets} } }\n`,
      'siskin.yaml',
      {},
    ).apps[0]?.environments[0]?.secrets;

  it('are names with the ways in which they are given', () => {
    expect(
      parsed('[A, { name: B, file: true }, { name: C, build: true }, { name: D, file: true, env: true }]'),
    ).toEqual([
      { name: 'A', way: 'env' },
      { name: 'B', way: 'file' },
      { name: 'C', way: 'build' },
      { name: 'D', way: 'env' },
      { name: 'D', way: 'file' },
    ]);
  });

  it.each([
    ['[a-b]', /secrets\[0\]: must be/],
    ['[A, { name: A, file: true }]', /secrets\[1\]: A stands in this list already/],
    ['[{ name: A, env: false }]', /secrets\[0\]: is given in no way/],
    ['[{ name: A, path: x }]', /secrets\[0\]/],
  ])('%s is refused', (text, message) => {
    expect(() => parsed(text)).toThrow(message);
  });
});
