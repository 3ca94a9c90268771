import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { stageFolder } from '../../../src/adapters/host/write-folder.ts';
import { verifyFiles } from '../../../src/cli/host/verify.ts';
import { hiddenSecrets, machineFacts, renderPlan } from '../../../src/cli/init-host/render.ts';
import { type ExampleName, exampleNames } from '../../../src/domain/host/answers.ts';
import { hostPlan } from '../../../src/domain/host/host-plan.ts';
import { runSiskin } from '../../support/app-cli.ts';
import { answersOf, exampleFlags, twoHosts } from '../../support/host-answers.ts';
import { copyOf, edit, initHost, scratchFolder, siskin } from '../../support/host-bundle.ts';

let made: Awaited<ReturnType<typeof scratchFolder>>;
/** What `init host --json` said of each example. */
const answers = new Map<ExampleName, Awaited<ReturnType<typeof initHost>>>();
let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let folder: string;

beforeAll(async () => {
  made = await scratchFolder();
  for (const example of exampleNames)
    answers.set(example, await initHost(join(made.path, example), example, '--json'));
});
afterAll(() => made.remove());
beforeEach(async () => {
  scratch = await scratchFolder();
  folder = join(scratch.path, 'host');
});
afterEach(() => scratch.remove());

const copy = (example: ExampleName) => copyOf(join(made.path, example), folder);

const answerSchema = z.object({
  checks: z.array(z.object({ path: z.string(), outcome: z.string(), by: z.string().nullable() })),
  memory: z.object({
    limitBytes: z.number(),
    shortage: z.string().nullable(),
    problems: z.array(z.string()),
  }),
});

/** Who must have looked at the files of a kind; files of no kind that a program knows are not in it. */
const programs: [RegExp, RegExp][] = [
  [/^[a-z]+\/docker-compose\.yml$/, /^docker[- ]compose [\d.]+ config$/],
  [/^docker-compose\.yml$/, /^(siskin|docker compose [\d.]+)$/],
  [/(^|\/)prometheus\.yml$/, /^promtool check config/],
  [/(^|\/)rules\/[^/]+\.yml$/, /^promtool check rules/],
  [/\/prometheus\/tests\/[^/]+\.yml$/, /^promtool test rules/],
  [/(^|\/)alertmanager\.yml$/, /^amtool check-config/],
  [/haproxy\.cfg$/, /^haproxy -c/],
  [/^front\/(standby-)?nginx\//, /^nginx -t$/],
  [/\.json$/, /^JSON/],
  [/^siskin\.yaml$/, /^siskin$/],
];

describe.each(exampleNames)('%s', (example: ExampleName) => {
  it('into an empty folder passes every program there is for its files, and fits its machine', async () => {
    const { code, out, err } = answers.get(example) ?? { code: null, out: '', err: '' };
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { checks, memory } = answerSchema.parse(JSON.parse(out));
    const planned = hostPlan(answersOf(example)).files.map(({ path }) => path);
    expect(checks.map(({ path }) => path)).toEqual([...planned, 'siskin.yaml → haproxy.cfg']);
    for (const { path, outcome, by } of checks) {
      const program = programs.find(([files]) => files.test(path))?.[1];
      expect({ path, outcome }).not.toEqual({ path, outcome: 'wrong' });
      if (program)
        expect({ path, outcome, by }).toEqual({ path, outcome: 'right', by: expect.stringMatching(program) });
    }
    expect(memory).toMatchObject({ shortage: null, problems: [] });
    const environments = planned.filter((path) => path.endsWith('.env'));
    const modes = environments.map(async (path) => (await stat(join(made.path, example, path))).mode & 0o777);
    expect(new Set(await Promise.all(modes))).toEqual(new Set([0o600]));
    expect((await readdir(made.path)).sort()).toEqual([...exampleNames].sort());
  });

  it('no secret is printed', async () => {
    const planned = hostPlan(answersOf(example)).files.filter(({ mode }) => mode === 0o600);
    const texts = planned.map(({ path }) => readFile(join(made.path, example, path), 'utf8'));
    const secrets = new Set((await Promise.all(texts)).join('\n').match(/\b[0-9a-f]{64}\b/g) ?? []);
    expect(secrets.size).toBeGreaterThanOrEqual(2);
    for (const secret of secrets) expect(answers.get(example)?.out).not.toContain(secret);
  });
});

it.each(['first', 'second'] as const)('nginx takes the front of the %s of two hosts', async (which) => {
  const plan = hostPlan(answersOf('production-test', twoHosts[which]));
  const nginx = (await renderPlan(plan, hiddenSecrets(plan), await machineFacts('0.1.0'))).filter(
    ({ path }) => path.startsWith('front/nginx/'),
  );
  const staged = await stageFolder(folder, nginx);
  const paths = nginx.map(({ path }) => path);
  const verdicts = await verifyFiles(staged.path, paths, { PATH: process.env.PATH ?? '' });
  await staged.discard();
  expect(verdicts).toEqual(paths.map((path) => ({ path, outcome: 'right', by: 'nginx -t', words: null })));
});

describe('siskin host check', () => {
  it('looks at the NAS again: at most 5 GB of its 8, replicas and monitoring included', async () => {
    const { code, out, err } = await siskin('host', 'check', join(made.path, 'nas'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^✓ main\/docker-compose\.yml +checked by docker[- ]compose [\d.]+ config$/m);
    const [, most] = /^(\d+) MB at most, of 8192 MB$/m.exec(out) ?? [];
    expect(Number(most)).toBeGreaterThan(3 * 768 + 512 + 128);
    expect(Number(most)).toBeLessThanOrEqual(5 * 1024);
  });

  it('without the programs tells what was not looked at; limits that grew too large are refused', async () => {
    await copy('nas');
    await edit(join(folder, 'main', '.env'), /^POSTGRES_MEMORY=.*/m, 'POSTGRES_MEMORY=7G');
    const { code, out, err } = await runSiskin(['host', 'check', folder], { env: { PATH: '/nowhere' } });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('error HOST_MEMORY_SHORT') });
    expect(out).toMatch(
      /^- main\/docker-compose\.yml +not checked by docker compose config: Compose is not installed$/m,
    );
    expect(out).toMatch(/^- siskin\/prometheus\.yml .*promtool is not installed$/m);
  });

  it('of the second machine: what runs there fits into its 1 GB', async () => {
    await copy('desktop-standby');
    await edit(join(folder, '.env'), /^COMPOSE_PROFILES=.*/m, 'COMPOSE_PROFILES=standby');
    const { code, out } = await runSiskin(['host', 'check', folder], { env: { PATH: '/nowhere' } });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^640 MB at most, of 1024 MB$/m) });
    const start = await siskin('host', 'start', folder, '--dry-run');
    expect(start.out).toMatch(
      /part standby: standby-postgres, standby-shop\n\d\. part front: standby-front\n$/,
    );
  });

  it.each([
    ['main/docker-compose.yml', /^services:/m, 'servces:', 'siskin', /services: is missing/],
    ['main/docker-compose.yml', /shm_size:.*/, 'shm_sise: 64m', /^docker/, /shm_sise/],
    [
      'siskin/prometheus.yml',
      /scrape_interval/,
      'scrape_intervall',
      /^promtool check config/,
      /scrape_intervall/,
    ],
    [
      'siskin.yaml',
      /branch:/,
      'brunch:',
      'siskin',
      /siskin\.yaml:\d+:\d+ apps\.talk\.environments\.production\.brunch/,
    ],
    [
      'apps/talk/docker-compose.yml',
      /replicas: 3/,
      'replicas: many',
      'siskin',
      /services\.web\.deploy\.replicas/,
    ],
    [
      'docker-compose.yml',
      /path: \.\/main/,
      'path: ../main',
      'siskin',
      /include\[0\]\.path: must be a path such as/,
    ],
    ['front/nginx/hosts/talk.example.com.conf', /server_name/, 'server_nam', /^nginx -t$/, /server_nam/],
    ['main/.env', /^NOFILE=/m, 'NO FILE=', 'siskin', /main\/\.env:\d+: must be NAME=value/],
  ])('%s with %s → %s is refused', async (path, from, to, by, words) => {
    await copy('nas');
    await edit(join(folder, path), from, to);
    expect(await verifyFiles(folder, [path], { PATH: process.env.PATH ?? '' })).toContainEqual({
      path,
      outcome: 'wrong',
      by: expect.stringMatching(by),
      words: expect.stringMatching(words),
    });
  });

  it('one service in two parts is refused, for they are one project', async () => {
    await copy('production-test');
    await edit(join(folder, 'test/docker-compose.yml'), /^ {2}test-redis:/m, '  redis:');
    const { err } = await siskin('host', 'start', folder, '--dry-run');
    expect(err).toMatch(
      /error HOST_FOLDER_INVALID: .*test\/docker-compose\.yml services\.redis: is also a service of main/,
    );
  });

  it('a password that nobody filled in is told, and nothing is started with it', async () => {
    await copy('production-test');
    const { code, err } = await siskin('host', 'start', folder);
    const sentence = 'error HOST_UNFILLED: Still CHANGE-ME: siskin/.env: SHOP_PRODUCTION_DATABASE_URL.';
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(sentence) });
  });

  it('a file that a program refuses makes the command fail, naming it', async () => {
    await copy('nas');
    await edit(join(folder, 'siskin.yaml'), /branch:/, 'brunch:');
    const { code, out, err } = await runSiskin(['host', 'check', folder], { env: { PATH: '/nowhere' } });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('HOST_CHECK_FAILED: Refused: ') });
    expect(out).toMatch(/^✗ siskin\.yaml +refused by siskin: /m);
  });
});

describe('what is there', () => {
  it('is not touched without --force; with it, what was changed is kept, what is missing is written, secrets stay', async () => {
    await copy('nas');
    const secret = await readFile(join(folder, 'main/.env'), 'utf8');
    await edit(join(folder, 'siskin.yaml'), /branch: "release"/, 'branch: "main"');
    await rm(join(folder, 'siskin/.env'));
    const refused = await initHost(folder, 'nas');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('error HOST_FOLDER_NOT_EMPTY') });
    const forced = await initHost(folder, 'nas', '--force');
    expect({ code: forced.code, err: forced.err }).toEqual({ code: 0, err: '' });
    expect(forced.out).toMatch(
      /kept {2}siskin\.yaml, which differs from line \d+; what would be new: siskin\.yaml\.new/,
    );
    expect(forced.out).toContain('1 files written');
    expect(await readFile(join(folder, 'siskin.yaml'), 'utf8')).toContain('branch: "main"');
    expect(await readFile(join(folder, 'siskin.yaml.new'), 'utf8')).toContain('branch: "release"');
    expect(await readFile(join(folder, 'main/.env'), 'utf8')).toBe(secret);
    const [, password = ''] = /^POSTGRES_PASSWORD=(\w{64})$/m.exec(secret) ?? [];
    expect(await readFile(join(folder, 'siskin/.env'), 'utf8')).toContain(
      `://app:${password}@postgres:5432/talk`,
    );
    expect(await readdir(scratch.path)).toEqual(['host']);
  });

  it('with --force and other answers, what nobody changed is brought up to date; what somebody did is kept', async () => {
    await copy('nas');
    await edit(join(folder, 'main/.env'), /^POSTGRES_MEMORY=.*$/m, 'POSTGRES_MEMORY=384M');
    const before = await readFile(join(folder, 'siskin/.env'), 'utf8');
    const { code, out, err } = await initHost(
      folder,
      'nas',
      '--force',
      '--replicas',
      '2',
      '--branch',
      'live',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^0 files written to .*, \d+ brought up to date, \d+ as they were, 1 kept as you changed them$/m,
    );
    expect(await readFile(join(folder, 'siskin.yaml'), 'utf8')).toContain('branch: "live"');
    expect(await readFile(join(folder, 'apps/talk/docker-compose.yml'), 'utf8')).toContain('replicas: 2');
    expect(await readFile(join(folder, 'main/.env'), 'utf8')).toContain('POSTGRES_MEMORY=384M');
    expect(await readFile(join(folder, 'siskin/.env'), 'utf8')).toBe(before);
    const again = await initHost(folder, 'nas', '--force');
    expect(again.out).toMatch(/1 kept as you changed them$/m);
    expect(await readFile(join(folder, 'siskin.yaml'), 'utf8')).toContain('branch: "release"');
  });

  it('--dry-run prints everything but the secrets, and writes nothing', async () => {
    const { code, out } = await initHost(folder, 'nas', '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('# siskin/docker-compose.yml (0644)\n');
    expect(out).toContain('POSTGRES_PASSWORD=<64 random hex digits: postgres>\n');
    expect(await readdir(scratch.path)).toEqual([]);
  });

  it('a folder that cannot be written leaves nothing behind', async () => {
    await writeFile(join(scratch.path, 'file'), '');
    const { code, err } = await initHost(join(scratch.path, 'file', 'host'), 'nas');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('error HOST_FOLDER_UNWRITABLE') });
    expect(await readdir(scratch.path)).toEqual(['file']);
  });

  it.each(['start', 'stop', 'status', 'check'])(
    'siskin host %s: a folder that is none of ours is told so',
    async (verb) => {
      await mkdir(folder);
      const { code, err } = await runSiskin(['host', verb, folder], { env: { PATH: '/nowhere' } });
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('error HOST_FOLDER_MISSING') });
    },
  );
});

describe('bad input', () => {
  it('a machine that is too small is refused before anything is written', async () => {
    const { err } = await runSiskin(
      ['init', 'host', folder, ...exampleFlags('nas'), '--elsewhere', '--memory', '2G'],
      { env: { PATH: '/nowhere' } },
    );
    expect(err).toMatch(
      /error HOST_MEMORY_SHORT: All limits together are \d+ MB, and the machine has 2048 MB\./,
    );
    expect(await readdir(scratch.path)).toEqual([]);
  });

  it('a port that is in use here is named with its option, before anything is written', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const flags = [
      '--router-port',
      String(port),
      '--http-port',
      '18080',
      '--https-port',
      '18443',
      '--server-port',
      '18081',
    ];
    const { code, err } = await siskin('init', 'host', folder, ...exampleFlags('nas'), ...flags);
    server.close();
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(
        `error HOST_PORT_IN_USE: --router-port: port ${port} is in use on this machine.`,
      ),
    });
    expect(await readdir(scratch.path)).toEqual([]);
  });

  it('an option of `siskin init` is refused, not lost', async () => {
    const { code, err } = await initHost(folder, 'nas', '--service', 'web');
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('--service is an option of siskin init, not of siskin init host.'),
    });
  });

  it('of an app’s several domains each is checked', async () => {
    const { code, err } = await initHost(folder, 'nas', '--domain', 'talk=talk.example.com');
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(
        'error HOST_ANSWERS_INVALID: talk.example.com is the domain of two environments',
      ),
    });
  });
});
