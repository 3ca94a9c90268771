import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, waitForRedis } from '../../src/adapters/redis/connect.ts';

/** A real redis-server on a unix socket in its own folder, durable as Siskin's own. */
export interface TestRedis {
  /** `unix:///…` */
  url: string;
  pid(): number;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
  /** Starts again on the same data and socket. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** @param durable false: no AOF, for tests that do not kill it */
export async function startRedis({ durable = true } = {}): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'siskin-redis-'));
  const socket = join(folder, 'redis.sock');
  const url = `unix://${socket}`;
  let child = launch(folder, socket, durable);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  await answers(url);
  return {
    url,
    pid: () => child.pid ?? 0,
    kill,
    start: async () => {
      await kill();
      child = launch(folder, socket, durable);
      await answers(url);
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function launch(folder: string, socket: string, durable: boolean): ChildProcess {
  const storage = durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const network = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700'];
  const memory = ['--maxmemory-policy', 'noeviction', '--save', ''];
  const args = [...network, '--dir', folder, ...memory, ...storage];
  return spawn('redis-server', args, { stdio: 'ignore' });
}

async function answers(url: string): Promise<void> {
  // Until it is up every try to connect is an error, which is what is waited for here.
  const redis = connectRedis({ url }, 'commands', () => {});
  try {
    await waitForRedis(redis, 20_000);
  } finally {
    redis.disconnect();
  }
}
