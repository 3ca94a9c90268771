import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Relay } from './chaos-relay.ts';
import { ChaosSiskin } from './chaos-siskin.ts';
import { freePort } from './free-port.ts';
import { startRedis } from './redis-server.ts';

const routerChange = /^(add server|set server|set weight|enable|disable|del server|shutdown)/;
const engineChange = /^(POST|DELETE|PUT) /;

export type WorkerName = 'a' | 'b';

/** Two workers on one Redis, one engine and one HAProxy, each reaching the last two through relays of its own. */
export interface TwoWorkers {
  siskin: ChaosSiskin;
  /** Origin of the HAProxy that both drive. */
  router: string;
  /** Side effects of one worker since an instant of `performance.now()`. */
  effectsSince(worker: WorkerName, at: number): string[];
  /** Calls back before each side effect of one worker. */
  onEffect(worker: WorkerName, callback: ((text: string) => void) | undefined): void;
  remove(): Promise<void>;
}

export async function startTwoWorkers(
  repository: string,
  environments: readonly string[],
): Promise<TwoWorkers> {
  const redis = await startRedis();
  const folder = await mkdtemp(join(tmpdir(), 'sk-two-'));
  const relays: Record<WorkerName, Relay[]> = { a: [], b: [] };
  for (const name of ['a', 'b'] as const) relays[name] = await relaysOf(folder, name);
  const haproxy = startHaproxy(folder);
  // Nobody answers there: the verdict reads the router's own counters.
  const prometheus = { url: `http://127.0.0.1:${await freePort()}` };
  const port = await freePort();
  const worker = (name: WorkerName) => ({
    name,
    verb: 'worker' as const,
    data: name,
    config: {
      docker: { host: `unix://${join(folder, name, 'docker.sock')}` },
      router: { listen: `127.0.0.1:${port}`, socket: join(folder, name, 'admin.sock') },
    },
  });
  const siskin = await ChaosSiskin.start({
    repository,
    environments,
    parts: [worker('a'), worker('b'), { name: 'server', verb: 'server' }],
    config: { redis: { url: redis.url }, prometheus },
  });
  return {
    siskin,
    router: `http://127.0.0.1:${port}`,
    effectsSince: (name, since) =>
      relays[name].flatMap(({ relayed }) => relayed.filter(({ at }) => at >= since).map(({ text }) => text)),
    onEffect: (name, callback) => {
      for (const relay of relays[name].slice(1)) relay.onChange(callback);
    },
    remove: async () => {
      await siskin.remove();
      await haproxy.stop();
      for (const relay of [...relays.a, ...relays.b]) await relay.stop();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function relaysOf(folder: string, name: WorkerName): Promise<Relay[]> {
  await mkdir(join(folder, name));
  const relay = (file: string, target: string, changes: RegExp) =>
    Relay.start(join(folder, name, file), target, changes);
  const master = await relay('master.sock', join(folder, 'master.sock'), /^reload/);
  master.onChange(() => useConfigOf(folder, name));
  return [
    master,
    await relay('admin.sock', join(folder, 'admin.sock'), routerChange),
    await relay('docker.sock', '/var/run/docker.sock', engineChange),
  ];
}

/** A worker's haproxy.cfg with HAProxy's own socket where the worker's relay stands. */
function useConfigOf(folder: string, name: WorkerName): void {
  const text = readFileSync(join(folder, name, 'haproxy.cfg'), 'utf8');
  const own = text.replace(join(folder, name, 'admin.sock'), join(folder, 'admin.sock'));
  writeFileSync(join(folder, 'haproxy.cfg'), own);
}

/** Starts HAProxy as the container of docker-compose.yml does: as soon as there is a configuration. */
function startHaproxy(folder: string): { stop(): Promise<void> } {
  let child: ChildProcess | undefined;
  const started = (async () => {
    while (!existsSync(join(folder, 'a', 'haproxy.cfg'))) await delay(20);
    useConfigOf(folder, 'a');
    const args = ['-W', '-S', `${join(folder, 'master.sock')},mode,600`, '-f', join(folder, 'haproxy.cfg')];
    child = spawn('haproxy', args, { stdio: 'ignore', detached: true });
    await once(child, 'spawn');
  })();
  return {
    stop: async () => {
      await started;
      if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      process.kill(-child.pid, 'SIGKILL');
      await exited;
    },
  };
}
