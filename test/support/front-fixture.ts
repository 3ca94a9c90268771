import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { type Dispatcher, request } from 'undici';
import { stringify } from 'yaml';
import { parseSiskinConfig, type SiskinConfig } from '../../src/config/siskin-config.ts';
import { routesOf } from '../../workers/apps.ts';
import { startFront } from '../../workers/front.ts';
import { freePort } from './free-port.ts';
import { type HaproxyFixture, startHaproxy } from './haproxy-fixture.ts';
import { startReplica, type TestReplica } from './router-replica.ts';

/** A real nginx before a real HAProxy before a tiny app per environment. */
export interface FrontFixture {
  folder: string;
  config: SiskinConfig;
  haproxy: HaproxyFixture;
  /** By name of their backend. */
  replicas: Map<string, TestReplica>;
  http: number;
  https: number;
  front: NonNullable<Awaited<ReturnType<typeof startFront>>>;
  get(host: string, path: string, options?: RequestExtras): Promise<FrontAnswer>;
  /** Writes siskin.yaml anew and brings the front up to date, as a restart of Siskin does. */
  again(environments: Environments, more?: object): Promise<void>;
  /** The pids of nginx's workers; a reload makes others. */
  workers(): Promise<{ master: number; workers: number[] }>;
  /** Whether there are others than then, or none; of those, some may have ended, which a reload before them told to. */
  reloadedSince(then: { master: number; workers: number[] }): Promise<boolean>;
  close(): Promise<void>;
}

type RequestExtras = Pick<Dispatcher.RequestOptions, 'body'> & {
  method?: Dispatcher.HttpMethod;
  headers?: Record<string, string>;
};

export interface FrontAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** The request's headers as the app saw them. */
  seen: Record<string, string>;
}

export type Environments = Record<string, Record<string, unknown>>;

export const quiet = pino({ level: 'silent' });

/** @param prepare puts files (certificates, users) into the folder of siskin.yaml before the front starts */
export async function startFrontFixture(
  environments: Environments,
  more: object = {},
  prepare: (folder: string) => Promise<void> = async () => undefined,
): Promise<FrontFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'sk-front-'));
  await makeReachable(folder);
  await prepare(folder);
  const [http, https] = [await freePort(), await freePort()];
  const haproxy = await startHaproxy([]);
  const configOf = (wanted: Environments, front: object) =>
    parseSiskinConfig(
      stringify({
        dataDir: './data',
        router: { listen: `127.0.0.1:${haproxy.port}` },
        front: { http: `127.0.0.1:${http}`, https: `127.0.0.1:${https}`, ...front },
        apps: { shop: { repo: '/srv/shop.git', service: 'web', environments: branchesOf(wanted) } },
      }),
      join(folder, 'siskin.yaml'),
      {},
    );
  const config = configOf(environments, more);
  await mkdir(config.dataDir, { mode: 0o700 });
  const replicas = await serveAll(haproxy, config);
  const front = await startFront(config, quiet);
  if (front === null) throw new Error('no front in siskin.yaml');
  const fixture: FrontFixture = {
    ...{ folder, config, haproxy, replicas, http, https, front },
    get: (host, path, options) => get(http, host, path, options),
    again: async (wanted, changed = more) => {
      const next = configOf(wanted, changed);
      await serveAll(haproxy, next, replicas);
      await fixture.front.release();
      const started = await startFront(next, quiet);
      if (started) fixture.front = started;
    },
    workers: () => workersOf(config.dataDir),
    reloadedSince: async (then) => {
      const { master, workers } = await workersOf(config.dataDir);
      const known = workers.filter((pid) => then.workers.includes(pid));
      return master !== then.master || known.length === 0 || known.length < workers.length;
    },
    close: async () => {
      await fixture.front.stop();
      for (const replica of replicas.values()) await replica.close();
      await haproxy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return fixture;
}

const branchesOf = (environments: Environments): Environments =>
  Object.fromEntries(
    Object.entries(environments).map(([name, settings]) => [name, { branch: name, ...settings }]),
  );

/** mkdtemp's folders are their maker's alone. */
const makeReachable = (folder: string) => promisify(execFile)('chmod', ['711', folder]);

async function serveAll(
  haproxy: HaproxyFixture,
  config: SiskinConfig,
  replicas = new Map<string, TestReplica>(),
): Promise<Map<string, TestReplica>> {
  const routes = routesOf(config);
  await haproxy.router.applyRoutes(routes);
  for (const { backend } of routes) {
    if (replicas.has(backend)) continue;
    const replica = await startReplica(backend);
    replicas.set(backend, replica);
    await haproxy.router.addServer(backend, 'r1-1', replica.address, replica.port);
    await haproxy.router.enableServer(backend, 'r1-1', 100);
  }
  return replicas;
}

async function get(
  port: number,
  host: string,
  path: string,
  { headers, ...options }: RequestExtras = {},
): Promise<FrontAnswer> {
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    ...options,
    headers: { host, ...headers },
  });
  const seen: unknown = JSON.parse(String(answer.headers['x-seen'] ?? '{}'));
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: await answer.body.text(),
    seen: seen as Record<string, string>,
  };
}

async function workersOf(dataDir: string): Promise<{ master: number; workers: number[] }> {
  const master = Number(await readFile(join(dataDir, 'nginx', 'nginx.pid'), 'utf8'));
  const children = await readFile(`/proc/${master}/task/${master}/children`, 'utf8').catch(() => '');
  return { master, workers: children.trim().split(' ').filter(Boolean).map(Number) };
}

/** Makes a self-signed certificate for these hosts in `certs/<name>`; replaces one that is there. @returns its PEM */
export async function selfSigned(folder: string, name: string, hosts: string[], days = 30): Promise<void> {
  const place = join(folder, 'certs', name);
  const made = `${place}.new`;
  await mkdir(made, { recursive: true });
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', String(days), '-subj', `/CN=${hosts[0]}`],
    ...['-addext', `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`],
    ...['-keyout', join(made, 'privkey.pem'), '-out', join(made, 'fullchain.pem')],
  ]);
  await rm(place, { recursive: true, force: true });
  await rename(made, place);
}

/** A file of users for access.basicAuth. */
export async function usersFile(folder: string, name: string, user: string, password: string): Promise<void> {
  await mkdir(join(folder, 'htpasswd'), { recursive: true });
  const { stdout } = await promisify(execFile)('openssl', ['passwd', '-6', password]);
  await writeFile(join(folder, 'htpasswd', name), `# developers\n${user}:${stdout.trim()}\n`, {
    mode: 0o600,
  });
}
