import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NginxFront } from '../src/adapters/nginx/nginx-front.ts';
import { ServedFiles } from '../src/adapters/nginx/served-files.ts';
import { streamModule } from '../src/adapters/nginx/stream-module.ts';
import {
  assertReachable,
  letThrough,
  sharedFolder,
  type WorkerUser,
  workerUser,
} from '../src/adapters/nginx/worker-user.ts';
import { freePort } from '../src/adapters/process/free-port.ts';
import { assertListenable } from '../src/adapters/process/listenable.ts';
import { type NginxServer, nginxServer, socketsFolder } from '../src/adapters/process/nginx-server.ts';
import { frontFiles } from '../src/adapters/templates/front-files.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { defaultSite } from '../src/domain/front/defaults.ts';
import { type FrontInput, frontModel } from '../src/domain/front/front-model.ts';
import type { FrontModel, FrontPaths } from '../src/domain/front/model.ts';
import { type FrontSettings, openAccess } from '../src/domain/front/settings.ts';
import type { Logger } from '../src/observability/logger.ts';
import { type ServedCertificates, syncFront, watchFront } from './front-files.ts';
import { addressText, type Running } from './host-programs.ts';

export interface RunningFront extends Running<ServedCertificates> {
  /** Looks after it no longer, and leaves it running. */
  release(): Promise<void>;
}

/**
 * The nginx before the router, when siskin.yaml has `front`. One that runs already is kept, and reloaded only when it is to
 * serve otherwise than it does.
 * @throws SiskinError FRONT_REFUSED, FRONT_PORT_TAKEN, FRONT_UNREADABLE, FRONT_STREAM_MISSING, PROGRAM_MISSING; then what was served is served on
 */
export async function startFront(config: SiskinConfig, log: Logger): Promise<RunningFront | null> {
  const { front } = config;
  if (front === undefined) return null;
  const onRestart = () => log.warn('nginx had died and was started again');
  const nginx = await nginxServer({ dataDir: config.dataDir, onRestart });
  const module = front.forward.length > 0 ? await streamModule(nginx.binary) : null;
  const user = await workerUser(front.user);
  const paths = await frontFolders(config, front, nginx.folder, user);
  const status = `127.0.0.1:${await keptPort(join(nginx.folder, 'status-port'))}`;
  const model = modelOf(config, front, {
    ...{ paths, user: user?.name ?? null, status },
    ...(module !== null && { streamModule: module }),
  });
  const served = new ServedFiles(paths.certificates, user);
  const users = new ServedFiles(paths.users, user);
  const source = { front, model, certificates: served, users, log };
  for (const problem of await syncFront(source, new AbortController().signal))
    log.warn({ err: problem }, 'the front does without it');
  await serve(nginx, front, model, status);
  const watch = watchFront(source);
  return {
    value: {
      hosts: model.hosts.filter(({ tls }) => tls).map(({ host }) => host),
      expiry: (host) => served.expiry(host),
    },
    stop: async () => {
      await watch.stop();
      await nginx.stop();
    },
    release: async () => {
      await watch.stop();
      await nginx.supervisor.release();
    },
  };
}

async function serve(
  nginx: NginxServer,
  front: FrontSettings,
  model: FrontModel,
  status: string,
): Promise<void> {
  const { binary, folder, supervisor } = nginx;
  const adapter = new NginxFront({ binary, folder, status, reload: () => supervisor.signal('SIGHUP') });
  const configuration = await frontFiles(model);
  const runs = await supervisor.runsAlready();
  const patienceMs = runs || nginx.endOrphans() === 0 ? 0 : 5_000;
  const held = runs ? await adapter.listens() : [];
  for (const [key, listen] of [
    ['http', front.http],
    ['https', front.https],
  ] as const)
    if (listen && !held.includes(addressText(listen)))
      await assertListenable(`front.${key}`, listen, patienceMs);
  if (!runs) await adapter.prepare(configuration);
  await nginx.start();
  const ready = async () => (await adapter.generation()) === configuration.generation;
  const serving = runs ? adapter.apply(configuration) : supervisor.waitUntilReady(ready);
  await serving.catch(async (error: unknown) => {
    // One that served before goes on.
    await (runs ? supervisor.release() : nginx.stop());
    throw error;
  });
}

async function frontFolders(
  config: SiskinConfig,
  front: FrontSettings,
  folder: string,
  user: WorkerUser | null,
): Promise<FrontPaths> {
  const paths = {
    pid: join(folder, 'master.pid'),
    temp: join(folder, 'temp'),
    certificates: join(folder, 'certificates'),
    challenges: front.challenges ?? join(folder, 'acme'),
    users: join(folder, 'users'),
    sockets: join(folder, socketsFolder),
  };
  await letThrough(config.dataDir, user);
  await sharedFolder(folder, user);
  for (const shared of [paths.temp, paths.certificates, paths.users, paths.sockets])
    await sharedFolder(shared, user);
  if (front.challenges === undefined) await sharedFolder(paths.challenges, user);
  else await mkdir(paths.challenges, { recursive: true });
  const roots = config.apps.flatMap(({ environments }) => environments.map((one) => one.front?.static?.root));
  for (const place of [folder, paths.challenges, ...roots]) if (place) await assertReachable(place, user);
  return paths;
}

const modelOf = (
  config: SiskinConfig,
  settings: FrontSettings,
  where: Pick<FrontInput, 'paths' | 'user' | 'status' | 'streamModule'>,
): FrontModel => {
  const { host, port } = config.router.listen;
  const router = addressText({ host: ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host, port });
  const sites = config.apps.flatMap(({ app, environments }) =>
    environments.map(({ environment, routes, front = defaultSite, access = openAccess }) => ({
      app,
      environment,
      routes,
      site: front,
      access,
    })),
  );
  return frontModel({ settings, ...where, router, logTo: join(where.paths.temp, '..', 'nginx.log'), sites });
};

/** The port of last time, so that an nginx that lived on is known by it. */
async function keptPort(file: string): Promise<number> {
  const kept = Number(await readFile(file, 'utf8').catch(() => ''));
  if (Number.isInteger(kept) && kept > 1023 && kept < 65_536) return kept;
  const port = await freePort();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${port}\n`);
  return port;
}
