import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openContainerRouter } from '../../workers/container-router.ts';
import { run } from '../support/compose-project.ts';
import { type ComposeSiskin, namesOf, plantedSecret, startComposeSiskin } from '../support/compose-siskin.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { servingRelease, startLoad } from '../support/load.ts';

const parts = ['prometheus', 'redis', 'router', 'server', 'worker'];

let siskin: ComposeSiskin;

/** Releases it under a light load. */
async function releaseUnderLoad(release: string) {
  const run = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 50, connections: 32 });
  const view = await siskin.release({ release, onSigterm: 'exit' });
  return { view, load: await run.stop() };
}

describe('Siskin as containers', () => {
  beforeAll(async () => {
    siskin = await startComposeSiskin();
  });
  afterAll(async () => {
    await siskin?.remove();
  });

  it('runs every part bounded and without privileges', async () => {
    const services = await siskin.project.services();
    expect(Object.keys(services).sort()).toEqual(parts);
    for (const [name, { Config, HostConfig, State }] of Object.entries(services)) {
      expect(State, name).toMatchObject({ Running: true, Restarting: false });
      expect(Config.User, name).toMatch(/^[1-9]\d*/);
      expect(HostConfig, name).toMatchObject({
        RestartPolicy: { Name: 'unless-stopped' },
        LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
        ReadonlyRootfs: true,
        Privileged: false,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
      });
      expect(HostConfig.Memory, name).toBeGreaterThan(HostConfig.MemoryReservation ?? 0);
      expect(HostConfig.MemoryReservation, name).toBeGreaterThan(0);
    }
    expect(services.server?.State.Health?.Status).toBe('healthy');
    const withEngine = Object.entries(services).filter(([, { HostConfig }]) =>
      HostConfig.Binds?.some((bind) => bind.includes('docker.sock')),
    );
    expect(withEngine.map(([name]) => name)).toEqual(['worker']);
  });

  it('deploys a first release from a signed push', async () => {
    const view = await siskin.release({ release: 'first', onSigterm: 'exit' });
    expect(view, await siskin.output()).toMatchObject({ state: 'succeeded', release: 'r1' });
    expect(await servingRelease(siskin.router, siskin.host)).toBe('first');
  });

  it('gives the app its secret as a file in memory, set by the command line in its container', async () => {
    const [held = ''] = (await heldOf(siskin.app)).containers;
    const [replica = ''] = held.split(' ');
    expect(await run('docker', ['exec', replica, 'cat', '/run/secrets/TLS_KEY'])).toBe(plantedSecret);
    const mounts = await run('docker', ['exec', replica, 'cat', '/proc/mounts']);
    expect(mounts).toMatch(/^\S+ \/run\/secrets tmpfs ro,/m);
  });

  it('promotes a good release through the router container with no failed request', async () => {
    const { view, load } = await releaseUnderLoad('second');
    expect(view, view.reason ?? '').toMatchObject({ state: 'succeeded', release: 'r2' });
    expect(view.verdict).toMatchObject({ decision: 'promote' });
    expect(load.errors).toEqual([]);
    expect(load).toMatchObject({ failed: 0, skipped: 0 });
    expect(Object.keys(load.byRelease).sort()).toEqual(['first', 'second']);
  });

  it('is scraped by Prometheus, and by name of release', async () => {
    const query = 'haproxy_server_http_responses_total{job="siskin-router",code="2xx",server=~"r2-.*"} > 0';
    const script = `fetch('http://prometheus:9090/api/v1/query?query=' + encodeURIComponent(process.argv[1]))
      .then((answer) => answer.text()).then(console.log)`;
    const answer = await siskin.project.compose('exec', '-T', 'worker', 'node', '-e', script, query);
    for (const server of ['r2-1', 'r2-2', 'r2-3']) expect(answer).toContain(`"server":"${server}"`);
  });

  it('takes the addresses from which this host reaches it for those of a front proxy', async () => {
    const { router } = await siskin.project.services();
    const gateways = Object.values(router?.NetworkSettings.Networks ?? {}).map(({ Gateway }) => Gateway);
    expect(gateways).toHaveLength(2);
    const file = '/run/siskin/haproxy/haproxy.cfg';
    const config = await siskin.project.compose('exec', '-T', 'router', 'cat', file);
    const trusted = /acl from_front src (.*)/.exec(config)?.[1]?.split(' ');
    expect(trusted).toEqual(expect.arrayContaining(gateways));
  });

  it('serves on after a cold start of the router, and deploys on after one of the worker', async () => {
    await siskin.project.compose('restart', 'router');
    expect(await servingRelease(siskin.router, siskin.host)).toBe('second');
    await siskin.project.compose('restart', 'worker');
    const { view, load } = await releaseUnderLoad('third');
    expect(view, view.reason ?? '').toMatchObject({ state: 'succeeded', release: 'r3' });
    expect(load.errors).toEqual([]);
    expect(load.failed).toBe(0);
  });

  it('has the command line as a container', async () => {
    const listing = await siskin.project.compose('run', '--rm', 'cli', 'history', siskin.app, '--json');
    expect(listing).toContain('"r3"');
    const inServer = await siskin.project.compose('exec', '-T', 'server', 'siskin', '--help');
    expect(inServer).toContain('Usage: siskin');
  });

  it('goes down cleanly: replicas and volumes stay, nothing else', async () => {
    const before = (await heldOf(siskin.app)).containers;
    await siskin.project.compose('down');
    const held = await siskin.project.held();
    expect(held).toMatchObject({ containers: [], networks: [] });
    expect(held.volumes).toHaveLength(4);
    expect((await heldOf(siskin.app)).containers).toEqual(before);

    await siskin.remove();
    expect(await siskin.project.held()).toEqual({ containers: [], volumes: [], networks: [] });
    expect(await heldOf(siskin.app)).toEqual({ containers: [], images: [], networks: [] });
    expect(await namesOf('network', siskin.name)).toEqual([]);
    expect(await namesOf('image', siskin.name)).toEqual([]);
  });
});

describe('a worker without its router container', () => {
  let folder: string;
  const open = (container?: string) => {
    const config = { router: { listen: { host: '127.0.0.1', port: 8081 }, ...(container && { container }) } };
    const docker = { host: 'unix:///var/run/docker.sock' };
    return openContainerRouter({ ...config, docker }, join(folder, 'admin.sock'), 300);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sk-router-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('says which container is missing', async () => {
    await expect(open('siskin-no-such-router')).rejects.toMatchObject({
      code: 'ROUTER_UNAVAILABLE',
      message: expect.stringMatching(/container siskin-no-such-router is not there: .*[Nn]o such container/),
    });
  });

  it('says which socket is silent, and has written what the router waits for', async () => {
    await expect(open()).rejects.toMatchObject({
      code: 'ROUTER_UNAVAILABLE',
      message: expect.stringContaining(`does not answer on ${join(folder, 'admin.sock')}`),
    });
    const written = await readFile(join(folder, 'haproxy.cfg'), 'utf8');
    expect(written).toMatch(/^ {2}bind \*:8081$/m);
    expect(written).toMatch(/^ {2}bind \*:8404$/m);
  });
});
