import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { redisServer } from '../../src/adapters/process/redis-server.ts';
import { freePort } from '../support/free-port.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** `siskin server` without a worker, on the Redis that `siskin up` would start: nothing but the receiver works. */
export interface ServerAlone {
  api: string;
  /** Where its Redis writes. */
  folder: string;
  /** The webhook's. */
  secret: string;
  /** Full name of the repository whose branch `release` is tracked. */
  repository: string;
  /** Ends both and removes their folder. */
  remove(): Promise<void>;
}

/** @throws Error with what it printed when it ends before it is ready */
export async function startServerAlone(): Promise<ServerAlone> {
  const folder = await mkdtemp(join(tmpdir(), 'sk-b-'));
  const redis = await redisServer({ dataDir: folder });
  await redis.start();
  const api = `http://127.0.0.1:${await freePort()}`;
  const secret = 'a-secret-of-the-bench-0123456789';
  const repository = 'acme/shop';
  const config = join(folder, 'siskin.yaml');
  await writeFile(
    config,
    stringify({
      dataDir: folder,
      server: { listen: new URL(api).host },
      redis: { url: `unix://${redis.socket}` },
      github: { webhookSecret: secret },
      apps: {
        shop: {
          repo: `https://github.com/${repository}.git`,
          service: 'web',
          environments: { production: { branch: 'release', routes: [{ host: 'shop.example.com' }] } },
        },
      },
    }),
  );
  const server = await startProcess(config, api, join(folder, 'output.log'));
  const remove = async (): Promise<void> => {
    await server.end();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { api, folder, secret, repository, remove };
}

async function startProcess(config: string, api: string, log: string): Promise<{ end(): Promise<void> }> {
  const args = ['--import', 'tsx', main, 'server', '--config', config];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const died = exited.then(async () => {
    throw new Error(`siskin server ended:\n${await readFile(log, 'utf8')}`);
  });
  // Its end after it was ready is not an error.
  died.catch(() => undefined);
  await Promise.race([ready(api), died]);
  return {
    end: async () => {
      child.kill('SIGTERM');
      await exited;
      output.end();
    },
  };
}

async function ready(api: string): Promise<void> {
  for (;;) {
    // Refused while it starts, which is what is waited for.
    const answer = await fetch(`${api}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(50);
  }
}
