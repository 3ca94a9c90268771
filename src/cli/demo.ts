import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { RunningSiskin } from '../../workers/up.ts';
import { freePort } from '../adapters/process/free-port.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { createLogger } from '../observability/logger.ts';
import { createClient } from './client/client.ts';
import { type DemoFigures, playRelease, type Stage } from './demo/play.ts';
import { type DemoRelease, demoReleases } from './demo/releases.ts';
import { asTold, writeFigures } from './demo/report.ts';
import { DemoRepository } from './demo/repository.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

const app = 'demo';
const host = 'demo.localhost';
const secret = 'the-secret-of-the-demo';
const appFolder = join(import.meta.dirname, '..', '..', '..', 'deploy-templates', 'apps', 'demo');

/** `siskin demo`: the main job on this machine, for real. */
export function registerDemo(program: Command, io: Io): void {
  program
    .command('demo')
    .description('show the main job for real: a good release, one that turns bad, one that does not build')
    .option('--exit', 'end afterwards instead of running on for you to try')
    .option('--json <file>', 'write the figures to a file')
    .addHelpText('after', example('npm run demo -- --exit --json demo.json'))
    .action((options: { exit?: boolean; json?: string }) => demo(io, options));
}

async function demo(io: Io, options: { exit?: boolean; json?: string }): Promise<void> {
  // The other verbs do not wait until all of Siskin is loaded.
  const { removeApp } = await import('../../workers/remove-app.ts');
  const { startUp } = await import('../../workers/up.ts');
  const folder = await mkdtemp(join(tmpdir(), 'siskin-demo-'));
  let siskin: RunningSiskin | undefined;
  try {
    await removeApp(app);
    const repository = new DemoRepository(join(folder, 'shop'), appFolder);
    await repository.create();
    io.write('Siskin starts, with a Redis, a Prometheus and a HAProxy of its own …\n');
    const log = createLogger({ destination: createWriteStream(join(folder, 'siskin.log')) });
    siskin = await startUp(await writeConfig(folder, repository.path), io.env, log);
    const { api, router, token } = siskin;
    const client = createClient({ url: api, token });
    const releases = await play(io, { api, router, host, secret, client, repository });
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify({ releases }, null, 2)}\n`);
    requireAsTold(releases);
    if (!options.exit) await stay(io, siskin, repository.path);
  } finally {
    await siskin?.stop();
    await removeApp(app);
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(io: Io, stage: Stage): Promise<DemoFigures[]> {
  io.write(`Siskin runs: API ${stage.api}, router ${stage.router} (host ${host}). Four pushes follow.\n\n`);
  const all: DemoFigures[] = [];
  for (const release of demoReleases) {
    const figures = await playRelease(stage, release, io);
    writeFigures(io, release, figures);
    all.push(figures);
  }
  return all;
}

function requireAsTold(all: readonly DemoFigures[]): void {
  const odd = demoReleases.filter((release, index) => !asTold(release, all[index] ?? missing(release)));
  if (odd.length === 0) return;
  const names = odd.map(({ name }) => name).join(', ');
  throw new SiskinError('DEMO_WENT_OTHERWISE', `not as it should be: ${names}`);
}

const missing = ({ name }: DemoRelease): DemoFigures => ({
  release: name,
  sha: '',
  outcome: 'missing',
  seconds: 0,
  requests: 0,
  failedRequests: 0,
  failedOnCanary: 0,
  reason: null,
});

async function stay(io: Io, { api, router, token }: RunningSiskin, repository: string): Promise<void> {
  io.write(`
It runs on until Ctrl-C. To try:
  curl -H 'Host: ${host}' ${router}/version
  cd ${repository}     edit server.mjs, git commit -am 'mine', then
  SISKIN_URL=${api} SISKIN_TOKEN=${token} npx siskin deploy ${app} production --wait
  SISKIN_URL=${api} SISKIN_TOKEN=${token} npx siskin history
`);
  const { interrupted } = io;
  await new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The demo's own Siskin: every port free, every file in its folder. */
async function writeConfig(folder: string, repository: string): Promise<string> {
  const file = join(folder, 'siskin.yaml');
  const config = {
    dataDir: './data',
    server: { listen: `127.0.0.1:${await freePort()}` },
    router: { listen: `127.0.0.1:${await freePort()}` },
    github: { webhookSecret: secret },
    apps: {
      [app]: {
        repo: repository,
        service: 'web',
        environments: { production: { branch: 'release', routes: [{ host }] } },
      },
    },
  };
  await writeFile(file, stringify(config));
  return file;
}
