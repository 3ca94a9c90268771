import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type AppRepository, type Behaviour, commitVariant } from './app-repository.ts';

const fixture = join(import.meta.dirname, '..', '..', 'deploy-templates', 'apps', 'demo');

/** How each service of a release behaves; jobs is a worker that shares the front end's image. */
export interface Shop {
  web: Behaviour;
  api: Behaviour;
  /** What its process runs, for `node -e`; null when the release has no such service. */
  jobs?: string | null;
  /** The front end's and the API's canary stays until somebody or something ends it. */
  patient?: boolean;
}

/** A repository with a front end at its root, an API below api/, and a worker. @returns the commit's full SHA */
export async function commitShop(
  repository: AppRepository,
  { web, api, jobs, patient = false }: Shop,
): Promise<string> {
  const names = (await readdir(fixture)).filter((name) => name !== 'docker-compose.yml');
  const copies = await Promise.all(
    names.map(async (name) => [`api/${name}`, await readFile(join(fixture, name), 'utf8')] as const),
  );
  const files = { ...Object.fromEntries(copies), 'api/behaviour.json': JSON.stringify(api) };
  return commitVariant(repository, web, { compose: composeOf(jobs, patient), files });
}

const canary = { share: '34%', minBake: '1s', maxBake: '4s', watch: '2s' };
const routed = (patient: boolean) => ({
  stop_grace_period: '5s',
  deploy: { replicas: 2 },
  'x-siskin': {
    port: 3000,
    health: { path: '/healthz', interval: '100ms', startPeriod: '30s' },
    smoke: [{ path: '/smoke' }],
    canary: { ...canary, ...(patient && { minBake: '10m', maxBake: '20m' }) },
    drain: { timeout: '10s' },
  },
});

function composeOf(jobs: string | null = 'setInterval(() => {}, 1000)', patient = false): string {
  const worker = {
    build: '.',
    depends_on: ['web'],
    command: ['node', '-e', jobs],
    stop_grace_period: '2s',
    restart: 'no',
    'x-siskin': { worker: true, canary: { watch: '2s' } },
  };
  const before = jobs === null ? 'web' : 'jobs';
  return stringify({
    services: {
      // the worker needs the front end to be there, so it comes after it, whatever the order in siskin.yaml
      ...(jobs !== null && { jobs: worker }),
      web: { build: '.', ...routed(patient) },
      api: { build: './api', depends_on: { [before]: { condition: 'service_started' } }, ...routed(patient) },
    },
  });
}

/** `apps` of a siskin.yaml for it. */
export const shopApps = (app: string, repository: AppRepository) => ({
  [app]: {
    repo: repository.path,
    services: { jobs: {}, api: null, web: {} },
    environments: {
      production: {
        branch: 'release',
        routes: [
          { host: `${app}.example.com`, service: 'web' },
          { host: `api.${app}.example.com`, service: 'api' },
        ],
      },
    },
  },
});
