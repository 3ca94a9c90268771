import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ComposeSiskin, startComposeSiskin } from '../support/compose-siskin.ts';
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

  it('promotes a good release through the router container, measured by Prometheus, with no failed request', async () => {
    const { view, load } = await releaseUnderLoad('second');
    expect(view, view.reason ?? '').toMatchObject({ state: 'succeeded', release: 'r2' });
    expect(view.verdict).toMatchObject({ decision: 'promote' });
    expect(load.errors).toEqual([]);
    expect(load).toMatchObject({ failed: 0, skipped: 0 });
    expect(Object.keys(load.byRelease).sort()).toEqual(['first', 'second']);
    console.log(JSON.stringify({ verdict: view.verdict, load, steps: view.steps.length }));
  });

  it('believes X-Forwarded-Proto of a front proxy on this host', async () => {
    const { NetworkSettings } = (await siskin.project.services()).router ?? {};
    const config = await siskin.project.compose(
      'exec',
      '-T',
      'router',
      'cat',
      '/run/siskin/haproxy/haproxy.cfg',
    );
    const gateways = Object.values(NetworkSettings?.Networks ?? {}).map(({ Gateway }) => Gateway);
    expect(gateways).toHaveLength(2);
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
  });
});
