import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSiskin } from '../../support/app-cli.ts';
import { siskinInTerminal } from '../../support/pty.ts';

const compose = '# ours\nservices:\n  web:\n    build: .\n    ports: ["80:3000"]\n';
const secretLine = /^SISKIN_WEBHOOK_SECRET=[0-9a-f]{64}$/m;
let folder: string;
let home: string;

beforeEach(async () => {
  home = process.cwd();
  folder = await mkdtemp(join(tmpdir(), 'siskin-init-'));
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  execFileSync('git', ['remote', 'add', 'origin', 'git@github.com:acme/shop.git'], { cwd: folder });
  await writeFile(join(folder, 'docker-compose.yml'), compose);
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true, force: true });
});

const read = (file: string) => readFile(join(folder, file), 'utf8');
const files = async () => (await readdir(folder)).filter((name) => name !== '.git').sort();
const flags = ['init', '--yes', '--host', 'shop.example.com'];

describe('by options', () => {
  it('writes what passes config check, the secret for its owner only, and says what is next', async () => {
    const { code, out, err } = await runSiskin([
      ...flags,
      '--test-branch',
      'test',
      '--test-host',
      't.example.com',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [, secret = ''] = (await read('siskin.env')).trim().split('=');
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(out).not.toContain(secret);
    expect(await read('siskin.yaml')).not.toContain(secret);
    expect((await stat(join(folder, 'siskin.env'))).mode & 0o777).toBe(0o600);
    expect(await read('docker-compose.yml')).toBe(
      `${compose}    x-siskin:\n      port: 3000\n      health: { path: "/healthz" }\n`,
    );
    expect(out).toContain('take `ports` out of web');
    expect(out).toContain('  siskin webhook register shop\n');
    const check = await runSiskin(['config', 'check'], { env: { SISKIN_WEBHOOK_SECRET: secret } });
    expect(check).toEqual({
      code: 0,
      out: expect.stringContaining('siskin.yaml is right; environments: shop/production, shop/test\n'),
      err: '',
    });
  });

  it('--register needs to know who asks GitHub, and where the webhook leads; then it asks GitHub', async () => {
    const url = ['--public-url', 'https://deploy.example.com'];
    for (const [options, env] of [
      [url, {}],
      [[], { SISKIN_GITHUB_TOKEN: 'github_pat_0123' }],
    ] as const) {
      const { code, err } = await runSiskin([...flags, ...options, '--register'], { env });
      expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('--register needs') });
    }
    expect(await files()).toEqual(['docker-compose.yml']);
    // Nobody is there who speaks GitHub's API for this repository: what was written stays, and the end is told.
    execFileSync('git', ['remote', 'set-url', 'origin', 'https://github.invalid/acme/shop.git'], {
      cwd: folder,
    });
    const env = { SISKIN_GITHUB_TOKEN: 'github_pat_0123' };
    const { code, out, err } = await runSiskin([...flags, ...url, '--register'], { env });
    expect(code).toBe(1);
    expect(err).toContain('error GITHUB_NOT_THERE: The repository of shop is not on the GitHub of');
    expect(out).not.toContain('webhook register');
    expect(await read('siskin.yaml')).toMatch(
      /publicUrl: https:\/\/deploy.example.com\n[\s\S]*token: \$\{SISKIN_GITHUB_TOKEN\}/,
    );
  });

  it('--dry-run prints all of it but the secret, and writes nothing', async () => {
    const { code, out } = await runSiskin([...flags, '--dry-run']);
    expect(code).toBe(0);
    expect(out).toContain('repo: git@github.com:acme/shop.git\n');
    expect(out).toContain('SISKIN_WEBHOOK_SECRET=<64 random hex digits>');
    expect(out).toContain('    x-siskin:\n');
    expect(await files()).toEqual(['docker-compose.yml']);
    expect(await read('docker-compose.yml')).toBe(compose);
  });

  it('overwrites no siskin.yaml without --force, and never a secret', async () => {
    await runSiskin(flags);
    const [yaml, env] = [await read('siskin.yaml'), await read('siskin.env')];
    const again = await runSiskin([...flags, '--branch', 'main']);
    expect(again.code).toBe(1);
    expect(again.err).toContain('error INIT_EXISTS: siskin.yaml is there already; nothing was written.');
    expect(await read('siskin.yaml')).toBe(yaml);
    const forced = await runSiskin([...flags, '--branch', 'main', '--force']);
    expect(forced.out).toContain('docker-compose.yml  left as it is; it has x-siskin already');
    expect(await read('siskin.yaml')).toContain('branch: main');
    expect(await read('siskin.env')).toBe(env);
  });

  it('adds the secret to an env file that has others, and takes the rights of everybody else away', async () => {
    await writeFile(join(folder, 'siskin.env'), 'OTHER=1', { mode: 0o644 });
    await runSiskin(flags);
    expect(await read('siskin.env')).toMatch(/^OTHER=1\nSISKIN_WEBHOOK_SECRET=[0-9a-f]{64}\n$/);
    expect((await stat(join(folder, 'siskin.env'))).mode & 0o777).toBe(0o600);
  });

  it('names every option that is missing or wrong, and writes nothing', async () => {
    const { code, err } = await runSiskin(['init', '--port', '99999', '--repo', 'http://x/y']);
    expect(code).toBe(1);
    expect(err).toContain('--repo: It must use https://');
    expect(err).toContain('--port: It must be a port from 1 to 65535.');
    expect(err).toContain('--host: is needed');
    expect(await files()).toEqual(['docker-compose.yml']);
  });

  it('a service that the Compose file does not have is refused before anything is written', async () => {
    const { code, err } = await runSiskin([...flags, '--service', 'api']);
    expect(code).toBe(1);
    expect(err).toContain('error COMPOSE_NOT_EDITABLE: The Compose file has no service api; it has: web.');
    expect(await files()).toEqual(['docker-compose.yml']);
  });

  it('without a Compose file or repository here, the options are enough', async () => {
    await rm(join(folder, 'docker-compose.yml'));
    await rm(join(folder, '.git'), { recursive: true });
    const rest = ['--repo', 'https://github.com/acme/blog.git', '--app', 'blog', '--service', 'web'];
    expect((await runSiskin([...flags, ...rest])).code).toBe(0);
    expect(await files()).toEqual(['siskin.env', 'siskin.yaml']);
  });
});

describe('at its prompts, in a real terminal', () => {
  it('offers what the folder tells, says at once what is wrong, and writes what was answered', async () => {
    const terminal = siskinInTerminal(['init'], { cwd: folder });
    await terminal.shows('git@github.com:acme/shop.git');
    terminal.type('\r');
    await terminal.shows('The name of the app');
    terminal.type('\r');
    await terminal.shows('The branch that production follows');
    terminal.type('\r');
    await terminal.shows('A branch for a test environment');
    terminal.type('test\r');
    await terminal.shows('The service of the Compose file');
    terminal.type('\r');
    await terminal.shows('The port that it listens on');
    terminal.type('\u007f\u007f\u007f\u007f99999\r');
    await terminal.shows('It must be a port from 1 to 65535.');
    terminal.type('\u007f\u007f\u007f\u007f\u007f8080\r');
    await terminal.shows('The path that answers 200');
    terminal.type('\r');
    await terminal.shows('The host name that your users ask for');
    terminal.type('shop.example.com\r');
    await terminal.shows('test.shop.example.com');
    terminal.type('\r');
    await terminal.shows('The address at which GitHub reaches this machine');
    terminal.type('https://deploy.example.com\r');
    await terminal.shows('Where to write siskin.yaml');
    terminal.type('\r');
    expect(await terminal.ended).toBe(0);
    expect(stripVTControlCharacters(terminal.raw())).toContain('siskin webhook register shop');
    expect(await read('siskin.yaml')).toContain('host: test.shop.example.com');
    expect(await read('siskin.yaml')).toContain('publicUrl: https://deploy.example.com\n');
    expect(await read('docker-compose.yml')).toContain('      port: 8080\n');
    expect(await read('siskin.env')).toMatch(secretLine);
  });

  it('asks before it overwrites, and Ctrl-C writes nothing', async () => {
    await writeFile(join(folder, 'siskin.yaml'), 'mine');
    const answers = [
      '--app',
      'shop',
      '--branch',
      'release',
      '--test-branch',
      '',
      '--service',
      'web',
      '--port',
      '3000',
    ];
    const rest = [
      '--health',
      '/',
      '--host',
      'a.example.com',
      '--test-host',
      '',
      '--public-url',
      '',
      '--config',
      'siskin.yaml',
    ];
    const args = ['init', ...answers, ...rest];
    const refused = siskinInTerminal([...args, '--repo', 'git@github.com:acme/shop.git'], { cwd: folder });
    await refused.shows('siskin.yaml is there already. Write it anew?');
    refused.type('\r');
    expect(await refused.ended).toBe(1);
    const left = siskinInTerminal(args, { cwd: folder });
    await left.shows("The repository's address");
    left.type('\u0003');
    expect(await left.ended).toBe(1);
    expect(stripVTControlCharacters(left.raw())).toContain('error INIT_CANCELLED: Nothing was written.');
    expect(await read('siskin.yaml')).toBe('mine');
    expect(await files()).toEqual(['docker-compose.yml', 'siskin.yaml']);
  });
});
