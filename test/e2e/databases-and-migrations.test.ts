// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax under test

import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  type AppRepository,
  type Behaviour,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { startLoad } from '../support/load.ts';
import { postgresImage } from '../support/postgres-accessory-image.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import { runCliProcess } from '../support/siskin-cli.ts';

const docker = new Docker();
const password = `planted-${randomBytes(12).toString('hex')} $1 'x'`;

let repository: AppRepository;
let siskin: TestSiskin;
let image: string;
let database: string;

/** psql and its libraries stand in the app's own image. */
const dockerfile = () => `FROM ${image} AS postgres
FROM node:20-bookworm-slim
WORKDIR /app
COPY --from=postgres /lib /lib
COPY --from=postgres /usr/lib /usr/lib
ENV PATH=/usr/local/bin:/bin:${'$'}{PATH}:/usr/lib/postgresql/${image.split(':')[1]}/bin
COPY . .
USER 1000
CMD ["node", "server.mjs"]
`;

interface Hooks {
  preDeploy?: string[];
  postDeploy?: string[];
  timeout?: string;
}

async function compose(hooks: Hooks): Promise<string> {
  const environment = { PGHOST: 'db', PGUSER: 'postgres', PGPASSWORD: '${DB_PASSWORD}' };
  const web = await composeText({ environment, deploy: { replicas: 2 }, 'x-siskin': { hooks } });
  return stringify({
    services: {
      ...parse(web).services,
      db: {
        image,
        environment: { POSTGRES_PASSWORD: '${DB_PASSWORD}' },
        volumes: ['data:/data'],
        user: '1000:1000',
        healthcheck: { test: ['CMD', 'pg_isready', '-h', '127.0.0.1'], interval: '300ms', retries: 200 },
        deploy: { resources: { limits: { memory: '256M' } } },
      },
    },
    volumes: { data: null },
  });
}

const migrate: Hooks = { preDeploy: ['psql', '-v', 'ON_ERROR_STOP=1', '-f', 'migration.sql'] };

/** Commits a release with a migration. */
const commit = async (
  release: string,
  sql: string,
  hooks: Hooks = migrate,
  behaviour: Partial<Behaviour> = {},
) =>
  commitVariant(
    repository,
    { release, ...behaviour },
    { compose: await compose(hooks), dockerfile: dockerfile(), files: { 'migration.sql': sql } },
  );

async function deploy(sha: string) {
  const { deployment } = await siskin.push(sha);
  return siskin.ended(deployment);
}

const show = async (id: string) => (await runCliProcess(siskin.configFile, ['show', id])).output;
const logs = async (id: string) => (await runCliProcess(siskin.configFile, ['logs', id])).output;
const databaseName = () => `siskin_${siskin.app}_production_db`;
const databaseId = async () => (await docker.getContainer(databaseName()).inspect()).Id;
const rows = async (query: string) => {
  const args = ['exec', '-e', `PGPASSWORD=${password}`, databaseName(), 'psql', '-h', '127.0.0.1'];
  return (await execa('docker', [...args, '-U', 'postgres', '-Atc', query])).stdout;
};

/** Hooks' containers, by name. */
async function hookContainers(): Promise<string[]> {
  const filters = { label: [`siskin.app=${siskin.app}`, 'siskin.kind=hook'] };
  return (await docker.listContainers({ all: true, filters })).map(({ Names }) => Names[0] ?? '');
}

/** Lets a hook that waits for it go on, from a person's side of the container. */
async function letGo(): Promise<void> {
  const [name = ''] = await hookContainers();
  await execa('docker', ['exec', name.slice(1), 'touch', '/tmp/go']);
}

describe('an app with a database', () => {
  beforeAll(async () => {
    image = await postgresImage();
    repository = await createAppRepository();
    siskin = await startSiskin(repository, (app) => ({
      apps: {
        [app]: {
          repo: repository.path,
          service: 'web',
          accessories: ['db'],
          paths: ['**', '!docs/**'],
          environments: {
            production: {
              branch: 'release',
              routes: [{ host: `${app}.example.com` }],
              secrets: ['DB_PASSWORD'],
            },
          },
        },
      },
    }));
    await runCliProcess(siskin.configFile, ['secrets', 'keygen']);
    await runCliProcess(siskin.configFile, ['secrets', 'set', siskin.app, 'DB_PASSWORD'], password);
  });
  afterAll(async () => {
    const app = siskin?.app;
    await siskin?.remove();
    await repository?.remove();
    if (app) await docker.getVolume(`siskin_${app}_production_data`).remove();
  });

  it('gets it at its first deployment, healthy before the migration, which runs in the new image', async () => {
    const view = await deploy(await commit('one', 'CREATE TABLE runs (id serial, note text);'));
    expect(view, await siskin.output()).toMatchObject({ state: 'succeeded', release: 'r1' });
    database = await databaseId();
    expect(await rows('SELECT count(*) FROM runs')).toBe('0');
    const log = await logs(view.id);
    expect(log).toContain('preDeploy | CREATE TABLE');
    expect(log).not.toContain(password);
    expect(await hookContainers()).toEqual([]);
    expect(await show(view.id)).toContain('Hook preDeploy of web r1');
  });

  it('whose migration fails stays as it is: nothing moves, no request fails, and show says why', async () => {
    const sha = await commit('two', 'INSERT INTO runs (note) VALUES (1); SELECT nonsense;');
    const load = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 50 });
    const before = (await docker.listContainers({ filters: { label: [`siskin.app=${siskin.app}`] } })).map(
      ({ Id }) => Id,
    );
    const view = await deploy(sha);
    const { failed, requests, errors } = await load.stop();
    expect(failed, JSON.stringify(errors)).toBe(0);
    expect(requests).toBeGreaterThan(0);
    expect(view).toMatchObject({ state: 'failed' });
    const shown = await show(view.id);
    expect(shown).toContain('preDeploy ended with exit code 3');
    expect(shown).toContain('column "nonsense" does not exist');
    expect(await logs(view.id)).toContain('preDeploy | INSERT 0 1');
    const after = (await docker.listContainers({ filters: { label: [`siskin.app=${siskin.app}`] } })).map(
      ({ Id }) => Id,
    );
    expect(after.sort()).toEqual(before.sort());
    expect(await hookContainers()).toEqual([]);
  });

  it('is not deployed when only paths changed that siskin.yaml leaves out', async () => {
    const sha = await commitVariant(
      repository,
      { release: 'one' },
      {
        compose: await compose(migrate),
        dockerfile: dockerfile(),
        files: { 'migration.sql': 'CREATE TABLE runs (id serial, note text);', 'docs/a.md': 'x' },
      },
    );
    const view = await deploy(sha);
    expect(view).toMatchObject({ state: 'succeeded', release: 'r1', sha });
    expect(view.reason).toMatch(/^paths-unchanged: .* which r1 serves$/);
  });

  it('is told a postDeploy that failed, and serves all the same', async () => {
    const hooks = { ...migrate, postDeploy: ['sh', '-c', 'echo warming; exit 7'] };
    const view = await deploy(await commit('three', "INSERT INTO runs (note) VALUES ('three');", hooks));
    expect(view).toMatchObject({ state: 'succeeded' });
    expect(view.reason).toContain('postDeploy ended with exit code 7: warming');
    expect(await logs(view.id)).toContain('postDeploy | warming');
    expect(await hookContainers()).toEqual([]);
  });

  it('whose Siskin is killed during the migration is migrated once, and rolled out', async () => {
    const wait = 'until [ -e /tmp/go ]; do sleep 0.1; done';
    const script = `echo begun; ${wait}; psql -v ON_ERROR_STOP=1 -f migration.sql`;
    const sha = await commit('four', "INSERT INTO runs (note) VALUES ('four');", {
      preDeploy: ['sh', '-c', script],
    });
    const { deployment } = await siskin.push(sha);
    await siskin.logged(deployment, /preDeploy \| begun/);
    await siskin.kill();
    expect(await hookContainers()).toHaveLength(1);
    await siskin.start();
    await siskin.logged(deployment, /it runs already/);
    await letGo();
    expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded' });
    expect(await rows("SELECT count(*) FROM runs WHERE note = 'four'")).toBe('1');
  });

  it('whose migration is cancelled keeps serving what it did, without a container left', async () => {
    const sha = await commit('five', 'SELECT 1;', { preDeploy: ['sh', '-c', 'echo begun; exec sleep 600'] });
    const { deployment } = await siskin.push(sha);
    await siskin.logged(deployment, /preDeploy \| begun/);
    await siskin.call('POST', `/api/v1/apps/${siskin.app}/environments/production/cancel`);
    expect(await siskin.ended(deployment)).toMatchObject({ state: 'cancelled' });
    expect(await hookContainers()).toEqual([]);
  });

  it('goes back without a migration', async () => {
    const { body } = await siskin.call('POST', `/api/v1/apps/${siskin.app}/environments/production/rollback`);
    const id = /"(d\d+)"/.exec(JSON.stringify(body))?.[1] ?? '';
    expect(await siskin.ended(id), JSON.stringify(body)).toMatchObject({ state: 'succeeded' });
    expect(await logs(id)).not.toContain('preDeploy');
    expect(await rows("SELECT count(*) FROM runs WHERE note = 'three'")).toBe('1');
  });

  it('has had one and the same database through all of this', async () => {
    expect(await databaseId()).toBe(database);
    expect((await docker.getContainer(database).inspect()).RestartCount).toBe(0);
  });
});
