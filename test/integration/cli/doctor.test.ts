import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fakeServer, runSiskin } from '../../support/app-cli.ts';
import { json } from '../../support/app-cli-answers.ts';

const reportSchema = z.object({
  findings: z.array(
    z.object({ level: z.string(), what: z.string(), detail: z.string(), advice: z.string().nullable() }),
  ),
});

let folder: string;
const cleanups: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siskin-doctor-'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await rm(folder, { recursive: true, force: true });
});

async function startRedis(...settings: string[]): Promise<string> {
  const socket = join(folder, 'redis.sock');
  const args = ['--port', '0', '--unixsocket', socket, '--dir', folder, ...settings];
  const child: ChildProcess = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  for await (const line of child.stdout ?? []) if (String(line).includes('ready to accept')) break;
  child.stdout?.resume();
  return `unix://${socket}`;
}

/** A Docker engine as far as `doctor` asks one. */
async function startEngine(): Promise<string> {
  const server = await fakeServer((request, response) => {
    const body: Record<string, unknown> =
      request.url === '/version'
        ? { Version: '20.10.24', ApiVersion: '1.41' }
        : { DockerRootDir: '/var/lib/docker', Warnings: ['WARNING: No memory limit support'] };
    json(body)(request, response);
  });
  cleanups.push(() => server.close());
  return server.url;
}

async function doctor(config: string) {
  const path = join(folder, 'siskin.yaml');
  await writeFile(path, config);
  const run = await runSiskin(['doctor', '--json', '--config', path], {
    env: { PATH: process.env.PATH ?? '' },
  });
  return { ...run, findings: reportSchema.parse(JSON.parse(run.out)).findings };
}

describe('siskin doctor', () => {
  it('warns of a Redis that may lose what it acknowledged, and of an engine without limits', async () => {
    const full = ['--maxmemory', '1mb', '--maxmemory-policy', 'noeviction'];
    const redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'everysec', ...full);
    const { code, findings, err } = await doctor(
      `server: { listen: "127.0.0.1:47311" }\nrouter: { listen: "127.0.0.1:47312" }\nredis: { url: "${redis}" }\n` +
        `docker: { host: "${(await startEngine()).replace('http:', 'tcp:')}" }\n`,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const warnings = findings.filter(({ level }) => level === 'warn').map(({ detail }) => detail);
    expect(warnings).toContain('appendfsync is everysec');
    expect(warnings).toContainEqual(expect.stringMatching(/^holds \d MB of at most 1 MB$/));
    expect(warnings).toContain('WARNING: No memory limit support');
    expect(warnings).not.toContain('appendonly is no');
  });

  it('fails, with what to do, on a taken port, an engine that is not there and a Redis that is not there', async () => {
    const taken = await fakeServer((_request, response) => response.writeHead(404).end());
    cleanups.push(() => taken.close());
    const { code, err, findings } = await doctor(
      `server: { listen: "${new URL(taken.url).host}" }\nredis: { url: "unix://${folder}/none.sock" }\n` +
        `docker: { host: "unix://${folder}/none.sock" }\n`,
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^error CHECKS_FAILED: \d of \d+ checks failed/);
    const failed = findings.filter(({ level }) => level === 'fail');
    expect(failed.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['docker', 'redis', 'server.listen']),
    );
    for (const { advice } of failed) expect(advice).not.toBeNull();
  });

  it('tells every mistake of siskin.yaml and checks the rest with the defaults', async () => {
    const { code, findings } = await doctor('servre: {}\nappps: {}\n');
    expect(code).toBe(1);
    const mistakes = findings.filter(({ what, level }) => what === 'config' && level === 'fail');
    expect(mistakes).toHaveLength(2);
    expect(mistakes[0]?.detail).toContain('siskin.yaml:1:1');
    expect(findings.some(({ what }) => what === 'git')).toBe(true);
  });
});

describe('siskin config', () => {
  it('check names every mistake with its line, and exits 1', async () => {
    const path = join(folder, 'siskin.yaml');
    await writeFile(path, 'dataDir: ./data\nservre: {}\n');
    const { code, err } = await runSiskin(['config', 'check', path]);
    expect(code).toBe(1);
    expect(err).toContain(`error CONFIG_INVALID: ${path}:2:1 servre`);
  });

  it('check finds nothing wrong in the example for containers', async () => {
    const example = join(import.meta.dirname, '..', '..', '..', 'deploy-templates', 'compose', 'siskin.yaml');
    const env = { GITHUB_WEBHOOK_SECRET: 'a secret of sixteen or more' };
    const { code, out } = await runSiskin(['config', 'check', example], { env });
    expect({ code, out }).toEqual({ code: 0, out: `${example} is right; environments: shop/production\n` });
  });

  it('schema is a JSON Schema', async () => {
    const { code, out } = await runSiskin(['config', 'schema']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ title: 'siskin.yaml', type: 'object' });
  });

  it('takes the hash that `token new` prints', async () => {
    const { out } = await runSiskin(['token', 'new', 'ci', '--role', 'deployer']);
    const line = out.split('\n').find((one) => one.includes('hash:')) ?? '';
    const path = join(folder, 'siskin.yaml');
    await writeFile(path, `api:\n  tokens:\n  ${line}\n`);
    expect((await runSiskin(['config', 'check', path])).code).toBe(0);
    expect(line).not.toContain(/siskin_\S+/.exec(out)?.[0]);
  });
});
