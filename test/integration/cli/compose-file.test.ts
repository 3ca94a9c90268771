import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

const serviceSchema = z.looseObject({
  restart: z.string().optional(),
  mem_limit: z.union([z.string(), z.number()]),
  mem_reservation: z.union([z.string(), z.number()]),
  logging: z.object({ driver: z.literal('json-file'), options: z.record(z.string(), z.string()) }),
  profiles: z.array(z.string()).default([]),
  volumes: z.array(z.unknown()).default([]),
});
const fileSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.looseObject({ external: z.boolean().optional() })),
});

let file: z.infer<typeof fileSchema>;

/** As the Compose on this machine understands it: Debian's docker-compose, else the plugin. */
async function composeConfig(): Promise<string> {
  const args = ['--file', join(root, 'docker-compose.yml'), '--profile', 'tools', 'config'];
  const options = { env: { PATH: process.env.PATH }, cwd: root };
  try {
    return (await run('docker-compose', args, options)).stdout;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return (await run('docker', ['compose', ...args], options)).stdout;
  }
}

beforeAll(async () => {
  file = fileSchema.parse(parse(await composeConfig()));
});

describe('docker-compose.yml', () => {
  it('is accepted with server, worker, router, prometheus and redis', () => {
    const always = Object.entries(file.services).filter(([, { profiles }]) => profiles.length === 0);
    expect(always.map(([name]) => name).sort()).toEqual([
      'prometheus',
      'redis',
      'router',
      'server',
      'worker',
    ]);
  });

  it('limits memory and rotates the log of every service, and restarts what is meant to stay', () => {
    for (const [name, service] of Object.entries(file.services)) {
      expect(service.logging.options, name).toEqual({ 'max-size': '10m', 'max-file': '3' });
      if (service.profiles.length === 0) expect(service.restart, name).toBe('unless-stopped');
    }
  });

  it('gives the engine’s socket to the worker, and to a command line while it runs', () => {
    const holders = Object.entries(file.services).filter(([, { volumes }]) =>
      JSON.stringify(volumes).includes('docker.sock'),
    );
    expect(holders.map(([name]) => name).sort()).toEqual(['cli', 'worker']);
    expect(file.services.cli).toMatchObject({ profiles: ['tools'] });
    expect(file.services.cli).not.toHaveProperty('restart');
    expect(file.services.cli).not.toHaveProperty('ports');
  });

  it('threat 27: keeps redis off the network that apps are on', () => {
    expect(file.networks.siskin?.external).toBe(true);
    expect(JSON.stringify(file.services.redis?.networks)).not.toContain('siskin');
    expect(file.services.redis).not.toHaveProperty('ports');
  });

  it('keeps every write that redis acknowledged', () => {
    const command = JSON.stringify(file.services.redis?.command);
    for (const pair of [
      '"--appendonly","yes"',
      '"--appendfsync","always"',
      '"--maxmemory-policy","noeviction"',
    ]) {
      expect(command).toContain(pair);
    }
  });
});
