import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { followEngine } from '../../../src/adapters/docker/engine-events.ts';
import { DockerReplicas } from '../../../src/adapters/docker/replicas.ts';
import type { ReplicaRequest } from '../../../src/pipeline/ports.ts';
import { removeEverythingOf } from '../../support/docker-cleanup.ts';
import { SocketProxy } from '../../support/socket-proxy.ts';
import { serviceSpec } from '../../support/specs.ts';

const docker = connectDocker();
const replicas = new DockerReplicas(docker);
const key = { app: `t${randomBytes(4).toString('hex')}`, environment: 'test' };
const network = `siskin-${key.app}-test`;

const request = (slot: number): ReplicaRequest => ({
  ...key,
  service: 'web',
  replica: `r1-${slot}`,
  release: 1,
  slot,
  deployment: 'd1',
  specHash: 'abc',
  image: 'node:20-bookworm-slim',
  container: { ...serviceSpec().container, command: ['node', '-e', 'setInterval(() => {}, 1e6)'] },
  secretFiles: {},
  port: 3000,
  stopGraceMs: 1_000,
  fence: 1,
  assertHeld: async () => undefined,
});
const name = (replica: string) => `siskin-${key.app}-test-web-${replica}`;

describe('the engine tells what happens to replicas', () => {
  const heard = new EventEmitter();
  let proxy: SocketProxy;
  let follower: { close(): void };
  beforeAll(async () => {
    proxy = await SocketProxy.start('/var/run/docker.sock');
    const opened = once(heard, 'open');
    follower = followEngine(connectDocker(`unix://${proxy.path}`), {
      onChange: ({ app }) => app === key.app && heard.emit('change'),
      onOpen: () => heard.emit('open'),
      onError: (error) => heard.emit('trouble', error),
    });
    await opened;
  });
  afterAll(async () => {
    follower?.close();
    await removeEverythingOf(key.app);
    await proxy?.remove();
  });

  /** Resolves when it was heard of, fails by the test's time-out. */
  const tells = async (happens: () => Promise<unknown>) => {
    const change = once(heard, 'change');
    await happens();
    await change;
  };

  it('a start, a removal by force, a network left and joined', async () => {
    await tells(() => replicas.start(request(1)));
    await tells(() => replicas.start(request(2)));
    await tells(() => docker.getContainer(name('r1-2')).remove({ force: true }));
    await tells(() => docker.getNetwork(network).disconnect({ Container: name('r1-1') }));
    await tells(() => docker.getNetwork(network).connect({ Container: name('r1-1') }));
  });

  it('the engine goes away and comes back: told once, and then to look at everything', async () => {
    const trouble = once(heard, 'trouble');
    await proxy.down();
    expect((await trouble)[0]).toMatchObject({ code: 'DOCKER_UNAVAILABLE' });
    const opened = once(heard, 'open');
    await proxy.up();
    await opened;
    await tells(() => docker.getContainer(name('r1-1')).kill());
  });
});

describe('a look at many replicas with one question', () => {
  afterAll(() => removeEverythingOf(key.app));

  it('tells state and address as the long way does', async () => {
    await replicas.start(request(1));
    await replicas.start(request(2));
    await replicas.stop(key, 'web', 'r1-2', 1_000);
    const known = (await replicas.list(key, 'web')).map(
      ({ name, release, slot, status, address, containerHealth }) => ({
        ...{ name, release, slot, status, address, containerHealth },
      }),
    );
    const { replicas: glanced, strays } = await replicas.glance(key, 'web');
    expect(glanced).toEqual(known);
    expect(glanced.map(({ status }) => status).sort()).toEqual(['exited', 'running']);
    expect(strays).toEqual([]);
  });

  it('tells a container with a health check that it is healthy', async () => {
    const healthcheck = {
      test: ['CMD', 'true'],
      intervalMs: 100,
      timeoutMs: 1_000,
      startPeriodMs: 0,
      retries: 1,
    };
    await replicas.start({ ...request(3), container: { ...request(3).container, healthcheck } });
    const health = async () =>
      (await replicas.glance(key, 'web')).replicas.find(({ slot }) => slot === 3)?.containerHealth;
    const seen = new Set<string | undefined>();
    while (!seen.has('healthy')) seen.add(await health());
    expect([...seen].every((one) => one === 'starting' || one === 'healthy')).toBe(true);
  });

  it('a container with the labels and another name is no replica but a stray; others are nobody of ours', async () => {
    const { Config, Image } = await docker.getContainer(name('r1-1')).inspect();
    const copy = (suffix: string, Labels: Record<string, string>) =>
      docker.createContainer({ name: `${key.app}-${suffix}`, Image, Labels });
    await copy('copy', Config.Labels);
    const { 'siskin.slot': _slot, ...without } = Config.Labels;
    await copy('shell', without);
    const { strays, replicas: glanced } = await replicas.glance(key, 'web');
    expect(strays).toEqual([`${key.app}-copy`]);
    expect(glanced).toHaveLength(3);
    expect(await replicas.list(key, 'web')).toHaveLength(3);
    for (const container of [`${key.app}-copy`, `${key.app}-shell`, name('r1-1')])
      await replicas.removeStray(key, 'web', container, 1_000);
    await expect(docker.getContainer(`${key.app}-copy`).inspect()).rejects.toMatchObject({ statusCode: 404 });
    await docker.getContainer(`${key.app}-shell`).inspect();
    expect((await replicas.glance(key, 'web')).strays).toEqual([]);
    expect(await replicas.list(key, 'web')).toHaveLength(3);
  });

  it('starting one that was taken out of its network joins it again', async () => {
    await docker.getNetwork(network).disconnect({ Container: name('r1-1') });
    const address = async () =>
      (await replicas.glance(key, 'web')).replicas.find(({ slot }) => slot === 1)?.address;
    expect(await address()).toBeNull();
    await replicas.start(request(1));
    expect(await address()).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  });
});
