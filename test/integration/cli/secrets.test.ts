import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/program.ts';
import type { Input, Io } from '../../../src/cli/terminal/io.ts';
import { verbs } from '../../../src/cli/verbs.ts';
import { filesWith } from '../../support/files-with.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'conf'));
  await mkdir(join(folder.path, 'data'));
  await writeFile(
    join(folder.path, 'conf', 'siskin.yaml'),
    `dataDir: ../data
server: { listen: "127.0.0.1:9" } # nobody: not a Siskin of this machine
secrets: { identityFile: ../keys/identity }
github: { webhookSecret: "\${NOT_SET_HERE}" }
apps:
  shop:
    repo: /srv/shop.git
    service: web
    environments: { production: { branch: release }, test: { branch: test } }
`,
  );
});
afterAll(() => folder.remove());

/** What waits for Siskin's audit log, the oldest first. */
async function noted(): Promise<{ action: string; detail: unknown }[]> {
  const waiting = join(folder.path, 'data', 'audit-pending');
  const files = (await readdir(waiting)).sort();
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(join(waiting, file), 'utf8'))));
}

async function run(words: string, input?: Input | string) {
  let out = '';
  let err = '';
  const stdin = new PassThrough();
  if (typeof input === 'string') stdin.end(input);
  const io: Io = {
    env: { SISKIN_CONFIG: join(folder.path, 'conf', 'siskin.yaml') },
    input: typeof input === 'object' ? input : stdin,
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
    color: false,
    live: false,
    columns: 200,
    rows: 50,
    interrupted: new AbortController().signal,
  };
  const code = await runCli(words.split(' '), io, verbs);
  return { code, out, err };
}

describe('siskin secrets', () => {
  it('says what to do before there is an identity', async () => {
    const { code, err } = await run('secrets set shop production A', 'x');
    expect(code).toBe(1);
    expect(err).toContain('error SECRETS_IDENTITY_MISSING: there is no identity');
    expect(err).toContain('siskin secrets keygen');
  });

  it('makes an identity where siskin.yaml says', async () => {
    const { code, out } = await run('secrets keygen');
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/keys\/identity is made; its public key is age1\w+\n/),
    });
    expect(await readFile(join(folder.path, 'keys', 'identity'), 'utf8')).toMatch(/^AGE-SECRET-KEY-1/m);
    expect(await noted()).toMatchObject([{ action: 'secrets-keygen' }]);
  });

  it('threat 24: sets a value from a pipe without the line end, and shows it nowhere', async () => {
    const set = await run('secrets set shop production DATABASE_URL', 'planted-url\n');
    expect(set).toMatchObject({ code: 0, out: 'shop/production: DATABASE_URL is set\n', err: '' });
    const detail = { names: ['DATABASE_URL'], environment: 'shop/production' };
    expect((await noted()).at(-1)).toMatchObject({ action: 'secrets-set', detail });
    expect((await run('secrets set shop production DATABASE_URL', 'planted-url')).out).toContain(
      'had this value already',
    );
    await run('secrets set shop SENTRY_DSN', 'planted-dsn\n\n');
    const list = await run('secrets list shop');
    expect(list.out).toMatch(
      /SENTRY_DSN +\(all\) +\d+ s ago +stdin\nDATABASE_URL +production +\d+ s ago +stdin\n/,
    );
    const json = await run('secrets list shop test --json');
    expect(JSON.parse(json.out)).toMatchObject({ secrets: [{ name: 'SENTRY_DSN', environment: null }] });
    expect(list.out + json.out + set.out).not.toContain('planted');
    expect(await filesWith(folder.path, ['planted-url', 'planted-dsn'])).toEqual([]);
  });

  it('asks at a terminal without showing what is typed', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, raw: [] as boolean[] });
    const input = Object.assign(terminal, { setRawMode: (on: boolean) => void terminal.raw.push(on) });
    const answer = run('secrets set shop test TYPED', input);
    terminal.write('typd');
    terminal.write('\u007fed\r');
    const { code, out, err } = await answer;
    expect({ code, out }).toEqual({ code: 0, out: 'shop/test: TYPED is set\n' });
    expect(err).toBe('value of TYPED (not shown): \n');
    expect(terminal.raw).toEqual([true, false]);
    const given = await run('secrets set shop test TYPED', 'typed');
    expect(given.out).toContain('had this value already');
  });

  it('imports a file of lines', async () => {
    const file = join(folder.path, 'some.env');
    await writeFile(file, 'A=planted-a\nexport B="planted b"\n# no\n');
    const { code, out } = await run(`secrets import shop test ${file}`);
    expect({ code, out }).toEqual({ code: 0, out: 'shop/test: set: A, B\n' });
    await writeFile(file, 'A=1\nplanted nonsense\n');
    const bad = await run(`secrets import shop test ${file}`);
    expect(bad.err).toContain(`error SECRETS_FILE_INVALID: ${file}:2: must be NAME=value`);
    expect(bad.err).not.toContain('planted');
  });

  it('removes a secret, and says when there is none', async () => {
    expect(await run('secrets rm shop test A')).toMatchObject({ code: 0, out: 'shop/test: A is removed\n' });
    expect((await run('secrets rm shop test A')).err).toContain(
      'error ARGUMENT_INVALID: shop/test has no secret A.',
    );
  });

  it.each([
    ['secrets set blog production A', 'There is no app blog; there are: shop.'],
    ['secrets set shop staging A', 'shop has no environment staging; it has: production, test.'],
    [
      'secrets set shop production',
      'production is an environment of shop; the name of the secret is missing.',
    ],
    ['secrets set shop production 1A', 'The name of a secret has letters, digits and _'],
    ['secrets set shop production A B', 'It is APP ENVIRONMENT NAME'],
  ])('refuses: %s', async (words, message) => {
    const { code, err } = await run(words, 'x');
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it('refuses what is no text, and warns of what is too short to be masked', async () => {
    const binary = new PassThrough();
    binary.end(Buffer.from([0xff, 0xfe]));
    expect((await run('secrets set shop test BIN', binary)).err).toContain('it is not UTF-8 text');
    expect((await run('secrets set shop test PIN', '123')).err).toContain('cannot be masked');
  });
});
