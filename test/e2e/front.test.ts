import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type AppRepository,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { freePort } from '../support/free-port.ts';
import { startLoad } from '../support/load.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import { runCliProcess } from '../support/siskin-cli.ts';

describe('siskin up with a front', () => {
  let repository: AppRepository;
  let siskin: TestSiskin;
  let origin: string;
  let outside: string;
  beforeAll(async () => {
    repository = await createAppRepository();
    const http = await freePort();
    origin = `http://127.0.0.1:${http}`;
    siskin = await startSiskin(repository, (app) => {
      outside = `inside.${app}.example.com`;
      const unlimited = { rate: '10000r/s', burst: 10_000 };
      return {
        front: { http: `127.0.0.1:${http}`, limits: { general: unlimited, heavy: unlimited } },
        apps: {
          [app]: {
            repo: repository.path,
            service: 'web',
            environments: {
              production: { branch: 'release', routes: [{ host: `${app}.example.com` }] },
              inside: {
                branch: 'inside',
                routes: [{ host: outside }],
                access: { allow: ['203.0.113.0/24'] },
              },
            },
          },
        },
      };
    });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  const release = async (name: string) => {
    const compose = await composeText({ stop_grace_period: '2s' });
    const sha = await commitVariant(repository, { release: name, onSigterm: 'exit' }, { compose });
    const view = await siskin.ended((await siskin.push(sha)).deployment);
    expect(view, view.reason ?? '').toMatchObject({ state: 'succeeded' });
  };
  const get = async (host: string) => {
    const load = await startLoad({
      origin,
      host,
      ratePerSecond: 20,
      durationMs: 200,
      connections: 2,
      requests: ['/'],
    }).done;
    return load.errors[0]?.status ?? 200;
  };
  const nginxPid = async () => (await readFile(join(siskin.dataDir, 'nginx', 'nginx.pid'), 'utf8')).trim();

  /** One request after the other, each over a connection of its own: kept ones are closed by a reload of nginx before 1.27.4. */
  const startVisits = () => {
    let stopped = false;
    const failures: string[] = [];
    const visit = async () => {
      const answer = await request(origin, { headers: { host: siskin.host }, reset: true });
      await answer.body.dump();
      if (answer.statusCode !== 200) failures.push(`status ${answer.statusCode}`);
    };
    const lane = async () => {
      while (!stopped) await visit().catch((error: unknown) => failures.push(String(error)));
    };
    const running = Promise.all([lane(), lane()]);
    return {
      stop: async () => {
        stopped = true;
        await running;
        return { failures };
      },
    };
  };

  it('serves deployments through nginx, which nothing is dropped by and nothing reloads', async () => {
    expect(await get(siskin.host)).toBe(503); // no release yet
    await release('first');
    const pid = await nginxPid();
    const run = startLoad({ origin, host: siskin.host, ratePerSecond: 100, connections: 32 });
    await release('second');
    const result = await run.stop();
    expect(result.errors).toEqual([]);
    expect(Object.keys(result.byRelease)).toEqual(['first', 'second']);
    expect(await nginxPid()).toBe(pid);
    expect(await get(outside)).toBe(403);
  });

  it('serves on while Siskin is killed and started again', async () => {
    const pid = await nginxPid();
    const run = startLoad({ origin, host: siskin.host, ratePerSecond: 50, connections: 16, requests: ['/'] });
    await siskin.kill();
    await siskin.start();
    const result = await run.stop();
    expect(result.errors).toEqual([]);
    expect(await nginxPid()).toBe(pid);
  });

  /** What nginx alone finds wrong. */
  const unresolvable = (line: string, indent: string) =>
    `${line}\n${indent}front: { proxy: [{ path: /files/, to: "http://no-such-host.invalid" }] }`;

  it('follows siskin.yaml at SIGHUP, and nothing is dropped; what is more than the front waits for a restart', async () => {
    const before = await readFile(siskin.configFile, 'utf8');
    const said = async (words: string) =>
      vi.waitFor(async () => expect(await siskin.output()).toContain(words), {
        timeout: 30_000,
        interval: 50,
      });
    const again = async (text: string, words: string) => {
      await writeFile(siskin.configFile, text);
      process.kill(siskin.pid(), 'SIGHUP');
      await said(words);
    };
    const pid = await nginxPid();
    const visits = startVisits();
    await again(before.replace('203.0.113.0/24', '300.0.113.0/24'), 'access.allow[0]: must be');
    await again(before.replace('branch: inside', 'branch: other'), 'FRONT_NEEDS_RESTART');
    await again(before.replace(/^( +)branch: inside/m, unresolvable), 'FRONT_REFUSED');
    expect(await get(outside)).toBe(403);
    const open = before.replace('203.0.113.0/24', '127.0.0.0/8');
    await again(open, 'the front follows siskin.yaml as it is now');
    await vi.waitFor(async () => expect(await get(outside)).toBe(503), { timeout: 30_000, interval: 50 });
    expect(await visits.stop()).toEqual({ failures: [] });
    expect(await nginxPid()).toBe(pid);
    await writeFile(siskin.configFile, before);
  });

  it('refuses what it is to serve without, naming the line, before anything changes', async () => {
    const bad = join(siskin.dataDir, 'bad.yaml');
    const text = await readFile(siskin.configFile, 'utf8');
    await writeFile(bad, text.replace('203.0.113.0/24', '203.0.113.0/24\n          basicAuth: nobody'));
    const { exitCode, output } = await runCliProcess(bad, ['config', 'check']);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(
      /bad\.yaml:\d+:\d+ apps\.[^ ]+\.inside\.access\.basicAuth: .*htpasswd\/nobody is not there/,
    );
  });
});
