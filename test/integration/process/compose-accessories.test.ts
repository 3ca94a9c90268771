import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessoriesUp } from '../../../src/adapters/compose/accessories-up.ts';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { DockerReplicas } from '../../../src/adapters/docker/replicas.ts';
import type { AccessorySpec, WantedAccessory } from '../../../src/domain/accessories/accessory.ts';
import { readiness } from '../../../src/domain/accessories/accessory.ts';
import { accessoriesOf } from '../../../workers/accessories.ts';
import { ArgvWatch } from '../../support/argv-watch.ts';
import { filesWith } from '../../support/files-with.ts';
import { serviceSpec } from '../../support/specs.ts';

const docker = connectDocker(process.env.DOCKER_HOST);
const key = { app: `a${randomBytes(4).toString('hex')}`, environment: 'test' };
const volume = `siskin_${key.app}_test_data`;
const planted = `planted-${randomBytes(16).toString('hex')} "quoted" $HOME \${NOT} \u0085 🐦`;
const dockerHost = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
const home = await mkdtemp(join(tmpdir(), 'siskin-home-'));
const accessories = accessoriesOf(docker, {
  config: { docker: { host: dockerHost } },
  env: { PATH: process.env.PATH ?? '', HOME: home },
  mask: (text) => text,
});
const never = new AbortController().signal;

const wanted = (
  name: string,
  specHash = 'one',
  change: Partial<AccessorySpec['container']> = {},
): WantedAccessory => ({
  spec: {
    name,
    image: 'busybox:1.36',
    stopGraceMs: 1_000,
    container: {
      ...serviceSpec().container,
      environment: { PASSWORD: planted },
      command: ['sh', '-c', 'printf %s "$PASSWORD" > /data/password; httpd -f -p 8000 -h /data'],
      mounts: [{ type: 'volume', source: volume, target: '/data', readOnly: false }],
      memoryLimitBytes: 64 * 2 ** 20,
      healthcheck: {
        test: ['CMD', 'test', '-s', '/data/password'],
        intervalMs: 200,
        timeoutMs: 2_000,
        startPeriodMs: 0,
        retries: 50,
      },
      ...change,
    },
  },
  specHash,
});

const containerName = (name: string) => `siskin_${key.app}_test_${name}`;
const inspect = (name: string) => docker.getContainer(containerName(name)).inspect();
const ready = (name: string) =>
  expect
    .poll(async () => readiness((await accessories.list(key)).find((one) => one.name === name)), {
      timeout: 30_000,
    })
    .toBe('ready');

let argv: ArgvWatch;
beforeAll(() => {
  argv = new ArgvWatch([planted.slice(0, 40)]);
});
afterAll(async () => {
  for (const { container } of await accessories.list(key))
    await docker.getContainer(container).remove({ force: true });
  await docker.getVolume(volume).remove();
  await docker.getNetwork(`siskin-${key.app}-test`).remove();
  await rm(home, { recursive: true });
});

describe('accessories through the Compose CLI', () => {
  it('are made as their definition says, in the environment’s network, under their service’s name', async () => {
    await accessories.bringUp(key, [wanted('db')], () => undefined, never);
    await ready('db');
    const { Config, HostConfig, NetworkSettings, Mounts } = await inspect('db');
    expect(Config.Env).toContain(`PASSWORD=${planted}`);
    expect(Config.Labels).toMatchObject({
      'siskin.app': key.app,
      'siskin.kind': 'accessory',
      'siskin.spec-hash': 'one',
      'com.docker.compose.project': `siskin-${key.app}-test`,
    });
    expect(HostConfig).toMatchObject({
      Init: true,
      Memory: 64 * 2 ** 20,
      PidsLimit: 4096,
      RestartPolicy: { Name: 'unless-stopped' },
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      PortBindings: {},
    });
    expect(Mounts).toMatchObject([{ Name: volume, Destination: '/data' }]);
    expect(NetworkSettings.Networks[`siskin-${key.app}-test`]?.Aliases).toContain('db');
  });

  it('are found by replicas by that name, and are neither replica nor stray', async () => {
    const replicas = new DockerReplicas(docker);
    const one = {
      ...key,
      service: 'web',
      replica: 'r1-1',
      release: 1,
      slot: 1,
      deployment: 'd1',
      specHash: 'abc',
      image: 'busybox:1.36',
      container: {
        ...serviceSpec().container,
        command: ['wget', '-q', '-O-', 'http://db:8000/password'],
        restart: 'no' as const,
      },
      secretFiles: {},
      port: 1,
      stopGraceMs: 0,
      fence: 1,
      assertHeld: async () => undefined,
    };
    await replicas.start(one);
    await expect
      .poll(async () => (await replicas.logTail(key, 'web', 'r1-1', 5)).join(''), { timeout: 15_000 })
      .toContain(planted.slice(0, 40));
    expect(await replicas.glance(key, 'web')).toMatchObject({ replicas: [{ name: 'r1-1' }], strays: [] });
    await replicas.remove(key, 'web', 'r1-1');
  });

  it('that run are left as they are, whatever their definition says now; a new one comes beside', async () => {
    const { Id, State } = await inspect('db');
    const lines: string[] = [];
    const changed = wanted('db', 'two', { environment: { PASSWORD: 'other' } });
    await accessories.bringUp(key, [changed, wanted('cache')], (line) => lines.push(line), never);
    await ready('cache');
    expect(await inspect('db')).toMatchObject({ Id, State: { StartedAt: State.StartedAt } });
    expect((await accessories.list(key)).map(({ name, specHash }) => `${name} ${specHash}`).sort()).toEqual([
      'cache one',
      'db one',
    ]);
    expect(lines.join('\n')).toContain(containerName('cache'));
  });

  it('that were stopped are started, the same containers', async () => {
    const { Id } = await inspect('db');
    await docker.getContainer(Id).stop({ t: 0 });
    expect((await accessories.list(key)).find(({ name }) => name === 'db')?.status).toBe('exited');
    await accessories.bringUp(key, [wanted('db')], () => undefined, never);
    await ready('db');
    expect((await inspect('db')).Id).toBe(Id);
  });

  it('keep their named volume when they are removed and made anew', async () => {
    const { Id } = await inspect('cache');
    await docker.getContainer(Id).remove({ force: true, v: true });
    await accessories.bringUp(
      key,
      [wanted('cache', 'one', { command: ['httpd', '-f', '-h', '/data'] })],
      () => undefined,
      never,
    );
    await ready('cache');
    expect((await inspect('cache')).Id).not.toBe(Id);
  });

  it('that cannot be made say why in the CLI’s words', async () => {
    const bad = wanted('bad');
    const missing = { ...bad, spec: { ...bad.spec, image: 'siskin-no-such-image:1' } };
    await expect(accessories.bringUp(key, [missing], () => undefined, never)).rejects.toMatchObject({
      code: 'ACCESSORY_FAILED',
      message: expect.stringContaining('siskin-no-such-image'),
    });
  });

  it('that end or turn unhealthy are told from those that will be ready', async () => {
    const ends = wanted('ends', 'one', { command: ['sh', '-c', 'echo no; exit 3'], restart: 'no' });
    const ill = wanted('ill', 'one', {
      healthcheck: {
        test: ['CMD', 'false'],
        intervalMs: 100,
        timeoutMs: 1_000,
        startPeriodMs: 0,
        retries: 1,
      },
    });
    await accessories.bringUp(key, [ends, ill], () => undefined, never);
    const seen = (name: string) => async () =>
      readiness((await accessories.list(key)).find((one) => one.name === name));
    await expect.poll(seen('ends'), { timeout: 30_000 }).toEqual({ failed: 'ended with exit code 3' });
    await expect.poll(seen('ill'), { timeout: 30_000 }).toEqual({ failed: 'is unhealthy' });
    expect(await accessories.logTail(containerName('ends'), 5)).toEqual(['no']);
  });

  it('threat 24: no secret of theirs was ever in an argument or a file', async () => {
    await argv.stop();
    expect(argv.found).toEqual([]);
    expect(argv.commands.join('\n')).toContain('up --detach --no-recreate');
    expect(await filesWith(home, [planted.slice(0, 40)])).toEqual([]);
  });
});

it('without a Compose CLI on the PATH says what to install', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'siskin-path-'));
  const cli = new AccessoriesUp({ dockerHost, environment: { PATH: empty } });
  await expect(cli.up('x', '{}', () => undefined, never)).rejects.toMatchObject({
    code: 'COMPOSE_CLI_MISSING',
  });
  await rm(empty, { recursive: true });
});
