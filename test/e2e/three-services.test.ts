import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  type AppRepository,
  type Behaviour,
  commitVariant,
  createAppRepository,
} from '../support/app-repository.ts';
import { servingRelease, startLoad } from '../support/load.ts';
import { postgresImage } from '../support/postgres-accessory-image.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import { runCliProcess } from '../support/siskin-cli.ts';

const docker = new Docker();
const fixture = join(import.meta.dirname, '..', '..', 'deploy-templates', 'apps', 'demo');
const environments = ['production', 'test'] as const;
const branches = { production: 'release', test: 'test' };

let repository: AppRepository;
let siskin: TestSiskin;
let image: string;
let databases: string[];

const apiDockerfile = () => `FROM ${image} AS postgres
FROM node:20-bookworm-slim
WORKDIR /app
COPY --from=postgres /lib /lib
COPY --from=postgres /usr/lib /usr/lib
ENV PATH=/usr/local/bin:/bin:${'$'}{PATH}:/usr/lib/postgresql/${image.split(':')[1]}/bin
COPY . .
USER 1000
CMD ["node", "server.mjs"]
`;

const rolled = (xSiskin: Record<string, unknown>) => ({
  deploy: { replicas: 2 },
  stop_grace_period: '5s',
  'x-siskin': {
    port: 3000,
    health: { path: '/healthz', interval: '100ms', startPeriod: '60s' },
    canary: { share: '34%', minBake: '1s', maxBake: '4s', watch: '1s' },
    ...xSiskin,
  },
});

const compose = () =>
  stringify({
    services: {
      web: { build: '.', ...rolled({}) },
      api: {
        build: './api',
        depends_on: ['web', 'db'],
        environment: { PGHOST: 'db', PGUSER: 'postgres', PGPASSWORD: '$DB_PASSWORD' },
        ...rolled({ hooks: { preDeploy: ['psql', '-v', 'ON_ERROR_STOP=1', '-f', 'migration.sql'] } }),
      },
      db: {
        image,
        environment: { POSTGRES_PASSWORD: '$DB_PASSWORD' },
        volumes: ['data:/data'],
        user: '1000:1000',
        healthcheck: { test: ['CMD', 'pg_isready', '-h', '127.0.0.1'], interval: '300ms', retries: 200 },
        deploy: { resources: { limits: { memory: '256M' } } },
      },
    },
    volumes: { data: null },
  });

/** A release of front end and API with its migration, on the environment's branch. */
async function commit(
  environment: 'production' | 'test',
  { release, sql, api = {} }: { release: string; sql: string; api?: Partial<Behaviour> },
): Promise<string> {
  const names = (await readdir(fixture)).filter((name) => name !== 'docker-compose.yml');
  const copies = await Promise.all(
    names.map(async (name) => [`api/${name}`, await readFile(join(fixture, name), 'utf8')] as const),
  );
  const files = {
    ...Object.fromEntries(copies),
    'api/behaviour.json': JSON.stringify({ release, ...api }),
    'api/Dockerfile': apiDockerfile(),
    'api/migration.sql': sql,
  };
  return commitVariant(repository, { release }, { branch: branches[environment], compose: compose(), files });
}

const hostOf = (environment: string, service = 'web') =>
  `${service}.${environment}.${siskin.app}.example.com`;

async function deploy(environment: 'production' | 'test', sha: string) {
  const { deployment } = await siskin.push(sha, { branch: branches[environment] });
  return siskin.ended(deployment);
}

/** Deploys to production while front end and API are used. */
async function deployUnderLoad(sha: string) {
  const load = (service: string) =>
    startLoad({
      origin: siskin.router,
      host: hostOf('production', service),
      ratePerSecond: 50,
      connections: 16,
      requests: ['/', 'echo'],
    });
  const [front, back] = [load('web'), load('api')];
  const view = await deploy('production', sha);
  return { view, web: await front.stop(), api: await back.stop() };
}

const serving = (environment: string) =>
  Promise.all(['web', 'api'].map((service) => servingRelease(siskin.router, hostOf(environment, service))));

/** Ids of the databases' containers, and how often each was restarted. */
const databasesNow = () =>
  Promise.all(
    environments.map(async (environment) => {
      const { Id, RestartCount, State } = await docker
        .getContainer(`siskin_${siskin.app}_${environment}_db`)
        .inspect();
      return `${Id} ${State.StartedAt} ${RestartCount}`;
    }),
  );

describe('front end, API and database on one machine, production and test', () => {
  beforeAll(async () => {
    image = await postgresImage();
    repository = await createAppRepository();
    siskin = await startSiskin(repository, (app) => ({
      apps: {
        [app]: {
          repo: repository.path,
          services: { web: {}, api: {} },
          accessories: ['db'],
          environments: Object.fromEntries(
            environments.map((environment) => [
              environment,
              {
                branch: branches[environment],
                routes: ['web', 'api'].map((service) => ({
                  host: `${service}.${environment}.${app}.example.com`,
                  service,
                })),
                secrets: ['DB_PASSWORD'],
              },
            ]),
          ),
        },
      },
    }));
    await runCliProcess(siskin.configFile, ['secrets', 'keygen']);
    const password = randomBytes(12).toString('hex');
    await runCliProcess(siskin.configFile, ['secrets', 'set', siskin.app, 'DB_PASSWORD'], password);
  });
  afterAll(async () => {
    const app = siskin?.app;
    await siskin?.remove();
    await repository?.remove();
    for (const environment of app ? environments : [])
      await docker.getVolume(`siskin_${app}_${environment}_data`).remove();
  });

  it('one push to release and another to test: each environment has its own three', async () => {
    const table = 'CREATE TABLE orders (id serial);';
    const shas = [
      await commit('production', { release: 'one', sql: table }),
      await commit('test', { release: 'next', sql: table }),
    ] as const;
    const views = await Promise.all([deploy('production', shas[0]), deploy('test', shas[1])]);
    expect(views, await siskin.output()).toMatchObject([{ state: 'succeeded' }, { state: 'succeeded' }]);
    expect(await serving('production')).toEqual(['one', 'one']);
    expect(await serving('test')).toEqual(['next', 'next']);
    databases = await databasesNow();
    expect(new Set(databases).size).toBe(2);
  });

  it('a migration that fails: nothing moves, and no request fails', async () => {
    const sha = await commit('production', { release: 'two', sql: 'SELECT nonsense;' });
    const { view, web, api } = await deployUnderLoad(sha);
    expect(view).toMatchObject({ state: 'failed', reason: expect.stringContaining('preDeploy') });
    expect([web.failed, api.failed]).toEqual([0, 0]);
    expect(await serving('production')).toEqual(['one', 'one']);
  });

  it('a broken API with a good front end: both are back, and the front end fails nothing', async () => {
    const sha = await commit('production', { release: 'bad', sql: 'SELECT 1;', api: { failShare: 1 } });
    const { view, web, api } = await deployUnderLoad(sha);
    expect(view, await siskin.output()).toMatchObject({
      state: 'rolled_back',
      reason: expect.stringMatching(/^api: /),
    });
    expect(web.failed).toBe(0);
    expect(web.byRelease.bad?.requests).toBeGreaterThan(0);
    expect(api.failed).toBe(api.failedByRelease.bad);
    expect(await serving('production')).toEqual(['one', 'one']);
    expect(await serving('test')).toEqual(['next', 'next']);
  });

  it('no deployment has restarted a database', async () => {
    expect(await databasesNow()).toEqual(databases);
  });
});
