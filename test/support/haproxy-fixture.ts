import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { HaproxyRouter, type HaproxyRouterOptions } from '../../src/adapters/haproxy/haproxy-router.ts';
import { findProgram } from '../../src/adapters/process/find-program.ts';
import type { Route } from '../../src/pipeline/ports.ts';
import { freePort } from './free-port.ts';

/** A real HAProxy in a temporary directory, and a router that drives it. */
export interface HaproxyFixture {
  router: HaproxyRouter;
  options: HaproxyRouterOptions;
  directory: string;
  port: number;
  metricsPort: number;
  /** A GET through the router, over kept connections. */
  get(host: string, path: string): Promise<{ status: number; body: string }>;
  /** A new router on the same files, as after a restart of Siskin. */
  routerAgain(): HaproxyRouter;
  /** Ends HAProxy, the hard way, and starts it from its file. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startHaproxy(routes: Route[], directory?: string): Promise<HaproxyFixture> {
  const home = directory ?? (await mkdtemp(join(tmpdir(), 'sk-')));
  const [port, metricsPort] = [await freePort(), await freePort()];
  const options: HaproxyRouterOptions = {
    configFile: join(home, 'haproxy.cfg'),
    adminSocket: join(home, 'admin.sock'),
    masterSocket: join(home, 'master.sock'),
    listen: `127.0.0.1:${port}`,
    metricsListen: `127.0.0.1:${metricsPort}`,
    binary: await findProgram('haproxy', 'haproxy'),
  };
  const router = new HaproxyRouter(options);
  await router.prepare();
  let child = await launch(options, router);
  await router.recover();
  await router.applyRoutes(routes);
  const agent = new Agent({ connections: 8 });
  return {
    router,
    options,
    directory: home,
    port,
    metricsPort,
    get: async (host, path) => {
      const answer = await request(`http://127.0.0.1:${port}${path}`, {
        headers: { host },
        dispatcher: agent,
      });
      return { status: answer.statusCode, body: await answer.body.text() };
    },
    routerAgain: () => new HaproxyRouter(options),
    restart: async () => {
      await end(child);
      child = await launch(options, router);
    },
    close: async () => {
      await agent.destroy();
      await end(child);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function launch(options: HaproxyRouterOptions, router: HaproxyRouter): Promise<ChildProcess> {
  const args = ['-W', '-S', `${options.masterSocket},mode,600`, '-f', options.configFile];
  const child = spawn(options.binary ?? 'haproxy', args, { stdio: 'ignore', detached: true });
  await once(child, 'spawn');
  while (!(await router.ready())) {
    if (child.exitCode !== null) throw new Error(`haproxy exited with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return child;
}

/** Master and workers are one process group. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}
