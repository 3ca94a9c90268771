import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Docker from 'dockerode';
import { execa } from 'execa';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { socketDirectory } from '../../src/adapters/process/socket-directory.ts';
import {
  type AppRepository,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { ArgvWatch } from '../support/argv-watch.ts';
import { type FakeSlack, startFakeSlack } from '../support/fake-slack/server.ts';
import { filesWith } from '../support/files-with.ts';
import { imageHolds } from '../support/image-holds.ts';
import { startLoad } from '../support/load.ts';
import { Production } from '../support/repair-siskin.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import { runCliProcess } from '../support/siskin-cli.ts';

const docker = new Docker();
const secret = (name: string) => `planted-${name}-${randomBytes(12).toString('hex')}`;
const url = secret('url');
const tls = `-----BEGIN X-----\n${secret('tls')}\n-----END X-----`;
const npm = secret('npm');
/** Makes the step another one than those in BuildKit's cache, which print nothing. */
const run = randomBytes(6).toString('hex');
const renewed = secret('renewed');
/** In the order of what must never be found anywhere. */
const planted = [url, tls.split('\n')[1] ?? '', npm, renewed];

/** Whatever the app and its build are given, they say aloud. */
const boot = [
  "const all = [process.env.DATABASE_URL, process.env.URL, require('fs').readFileSync('/run/secrets/TLS_KEY', 'utf8')];",
  "for (const one of all) { console.log('I have', one); console.error(Buffer.from('x' + one).toString('base64')); }",
  "import('/app/server.mjs');",
].join(' ');
const dockerfile = (fails: boolean) => `FROM node:20-bookworm-slim
WORKDIR /app
RUN --mount=type=secret,id=NPM_TOKEN,mode=0444 ["node", "-e", "const t = require('fs').readFileSync('/run/secrets/NPM_TOKEN', 'utf8'); console.log('${run}', 'registry', t, JSON.stringify({t})); if (${fails}) { console.error('refused ' + t); process.exit(3); }"]
COPY server.mjs metrics.mjs websocket.mjs behaviour.json ./
USER 1000
CMD ["node", "server.mjs"]
`;

let repository: AppRepository;
let siskin: TestSiskin;
let compose: string;
let argv: ArgvWatch;
let slack: FakeSlack;
const seen: string[] = [];

const set = (words: string[], value: string) =>
  runCliProcess(siskin.configFile, ['secrets', 'set', siskin.app, ...words], value);

/** Pushes it and keeps all that API and command line say of it. */
async function release(name: string, change: { fails?: boolean; behaviour?: object } = {}) {
  const variant = { compose, dockerfile: dockerfile(change.fails ?? false) };
  const sha = await commitVariant(repository, { release: name, ...change.behaviour }, variant);
  const load = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 30 });
  const { deployment } = await siskin.push(sha);
  const view = await siskin.ended(deployment);
  await load.stop();
  await remember(deployment);
  return view;
}

async function remember(deployment: string): Promise<void> {
  const paths = [
    'deployments',
    `deployments/${deployment}`,
    'apps',
    `apps/${siskin.app}/environments/production/releases`,
  ];
  for (const path of paths) seen.push(JSON.stringify((await siskin.call('GET', `/api/v1/${path}`)).body));
  for (const verb of ['show', 'logs'])
    seen.push((await runCliProcess(siskin.configFile, [verb, deployment])).output);
}

const container = (replica: string) => docker.getContainer(`siskin-${siskin.app}-production-web-${replica}`);
const environmentOf = async (replica: string) => (await container(replica).inspect()).Config.Env;

describe('threat 24: secrets', () => {
  beforeAll(async () => {
    slack = await startFakeSlack(['C0SHOP']);
    planted.push(slack.botToken);
    argv = new ArgvWatch(planted);
    repository = await createAppRepository();
    const environment = ['DATABASE_URL', 'DB_PASSWORD', 'TLS_KEY', 'NPM_TOKEN'];
    compose = await composeText({
      command: ['node', '-e', boot],
      environment: { URL: `postgres://u:$\{DB_PASSWORD}@db/`, DATABASE_URL: `$\{DATABASE_URL}` },
      deploy: { replicas: 2 },
    });
    const secrets = [
      environment[0],
      environment[1],
      { name: 'TLS_KEY', file: true },
      { name: 'NPM_TOKEN', build: true },
    ];
    siskin = await startSiskin(repository, (app) => ({
      slack: { botToken: slack.botToken, channel: 'C0SHOP', apiUrl: slack.apiUrl },
      apps: {
        [app]: {
          repo: repository.path,
          service: 'web',
          environments: {
            production: { branch: 'release', routes: [{ host: `${app}.example.com` }], secrets },
          },
        },
      },
    }));
  });
  afterAll(async () => {
    await argv?.stop();
    await siskin?.remove();
    await repository?.remove();
    await slack?.stop();
  });

  it('that are missing fail a deployment before anything is built, with the command to run', async () => {
    expect((await runCliProcess(siskin.configFile, ['secrets', 'keygen'])).output).toContain('public key');
    await set(['production', 'DATABASE_URL'], url);
    await set(['DB_PASSWORD'], url);
    await set(['production', 'TLS_KEY'], tls);
    const view = await release('missing');
    expect(view).toMatchObject({ state: 'failed', release: null });
    expect(view.reason).toContain(`siskin secrets set ${siskin.app} production NPM_TOKEN`);
    expect((await set(['production', 'NPM_TOKEN'], `${npm}\n`)).exitCode).toBe(0);
  });

  it('reach build and containers', async () => {
    const view = await release('first');
    expect(view, await siskin.output()).toMatchObject({ state: 'succeeded', release: 'r1' });
    expect(await environmentOf('r1-1')).toEqual(
      expect.arrayContaining([`DATABASE_URL=${url}`, `URL=postgres://u:${url}@db/`]),
    );
    const { stdout } = await execa('docker', [
      'exec',
      `siskin-${siskin.app}-production-web-r1-1`,
      'cat',
      '/run/secrets/TLS_KEY',
    ]);
    expect(stdout).toBe(tls);
    const log = seen.at(-1) ?? '';
    expect(log).toMatch(/registry \*\*\* {"t":"\*\*\*"}/);
  });

  it('are given to a replica that is made anew outside a deployment', async () => {
    await container('r1-2').remove({ force: true });
    await new Production(siskin).whole(['r1-1', 'r1-2']);
    expect(await environmentOf('r1-2')).toContain(`DATABASE_URL=${url}`);
  });

  it('are masked in a failed build’s error and in the log tail of a failed release', async () => {
    const build = await release('no-build', { fails: true });
    expect(build).toMatchObject({ state: 'failed', reason: expect.stringMatching(/refused \*\*\*/) });
    const canary = await release('unhealthy', { behaviour: { crashAtBoot: true } });
    expect(canary.state).toBe('failed');
    expect(seen.at(-1)).toMatch(/r\d-\d \| I have \*\*\*/);
    const message = await slack.until(() => slack.of(canary.id).find(({ text }) => / · Failed/.test(text)));
    const details = await slack.until(() => slack.thread(message.ts).at(-1));
    expect(JSON.stringify(details)).toMatch(/I have \*\*\*/);
  });

  it('that are changed can be rolled out again on the same commit, by a canary of a new release', async () => {
    const good = await release('second');
    expect(good).toMatchObject({ state: 'succeeded' });
    const load = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 30 });
    const args = ['secrets', 'set', siskin.app, 'production', 'DATABASE_URL', '--redeploy', '--json'];
    const { output } = await runCliProcess(siskin.configFile, args, renewed);
    const id = /"(d\d+)"/.exec(output)?.[1] ?? '';
    const view = await siskin.ended(id);
    await load.stop();
    await remember(id);
    expect(view, output).toMatchObject({ state: 'succeeded', sha: good.sha, baseline: good.release });
    expect(view.release).not.toBe(good.release);
    expect(await environmentOf(`${view.release}-1`)).toContain(`DATABASE_URL=${renewed}`);
  });

  it('are in no message: the tails of what failed are shown there too', () => {
    expect(slack.messages.length).toBeGreaterThan(5);
    const shown = JSON.stringify(slack.messages);
    expect(planted.filter((value) => shown.includes(value))).toEqual([]);
  });

  it('are in no log, answer, image, argument, file or Redis', async () => {
    const socket = join(await socketDirectory(siskin.dataDir), 'redis.sock');
    const redis = new Redis({ path: socket });
    await redis.config('SET', 'rdbcompression', 'no');
    await redis.save();
    redis.disconnect();
    const forms = planted.flatMap((value) => [value, encodeURIComponent(value)]);
    const files = await filesWith(siskin.dataDir, forms);
    expect(files.filter((path) => path !== siskin.configFile)).toEqual([]);
    // the search looks at Redis' files, and finds what is in them
    const dumps = (await filesWith(join(siskin.dataDir, 'redis'), ['NPM_TOKEN'])).map((path) =>
      path.split('.').at(-1),
    );
    expect(dumps).toEqual(expect.arrayContaining(['aof', 'rdb']));
    expect(forms.filter((form) => seen.some((text) => text.includes(form)))).toEqual([]);
    for (const { Id } of await docker.listImages({ filters: { label: [`siskin.app=${siskin.app}`] } })) {
      expect(
        JSON.stringify([await docker.getImage(Id).inspect(), await docker.getImage(Id).history()]),
      ).not.toMatch(/planted-/);
      for (const value of planted) expect(await imageHolds(docker, Id, value)).toBe(false);
    }
    await argv.stop();
    expect(argv.looks).toBeGreaterThan(20);
    // that it sees what Siskin starts; a git may be over between two looks
    expect(argv.commands).toEqual(expect.arrayContaining([expect.stringContaining(siskin.dataDir)]));
    expect(argv.found).toEqual([]);
  });
});
