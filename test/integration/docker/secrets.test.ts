import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { DockerReplicas } from '../../../src/adapters/docker/replicas.ts';
import type { ReplicaRequest } from '../../../src/pipeline/ports.ts';
import { serviceSpec } from '../../support/specs.ts';

const docker = connectDocker(process.env.DOCKER_HOST);
const key = { app: `t${randomBytes(4).toString('hex')}`, environment: 'test' };
const planted = `planted-${randomBytes(16).toString('hex')}`;
let runDir: string;
let replicas: DockerReplicas;

beforeAll(async () => {
  runDir = await mkdtemp('/dev/shm/siskin-test-');
  replicas = new DockerReplicas(docker, {
    secretFolders: [runDir],
    mask: (text) => text.replaceAll(planted, '***'),
  });
});
afterAll(async () => {
  for (const { name } of await replicas.list(key, 'web')) await replicas.remove(key, 'web', name);
  await docker.getNetwork(`siskin-${key.app}-test`).remove();
  await rm(runDir, { recursive: true });
});

const request = (release: number, secretFiles: Record<string, string>): ReplicaRequest => ({
  ...key,
  service: 'web',
  replica: `r${release}-1`,
  release,
  slot: 1,
  deployment: 'd1',
  specHash: 'abc',
  image: 'busybox:1.36',
  container: {
    ...serviceSpec().container,
    command: ['sh', '-c', 'cat /run/secrets/TLS_KEY; echo; exec sleep 600'],
    user: '1234:1234',
    readOnly: true,
    environment: {},
  },
  secretFiles,
  port: 3000,
  stopGraceMs: 1_000,
  fence: 7,
  assertHeld: async () => undefined,
});

const container = (release: number) => docker.getContainer(`siskin-${key.app}-test-web-r${release}-1`);

/** What a process in the replica reads, as the user that the replica runs as. */
const read = async (release: number): Promise<string> => {
  const name = `siskin-${key.app}-test-web-r${release}-1`;
  return (await execa('docker', ['exec', name, 'cat', '/run/secrets/TLS_KEY'])).stdout;
};

it('threat 24: a file secret is in the container, and not in what Docker shows or keeps of it', async () => {
  await replicas.start(request(1, { TLS_KEY: planted }));
  expect(await read(1)).toBe(planted);
  const inspected = await container(1).inspect();
  expect(JSON.stringify(inspected)).not.toContain(planted);
  expect(inspected.Mounts).toMatchObject([{ Destination: '/run/secrets', RW: false }]);
  const { stdout: changes } = await execa('docker', ['diff', inspected.Id]);
  expect(changes).not.toContain('TLS_KEY');
  const { stdout: exported } = await execa('sh', [
    '-c',
    'docker export "$0" | grep -c "$1" || true',
    inspected.Id,
    planted,
  ]);
  expect(exported).toBe('0');
});

it('is there when the process begins, and masked in the log that it writes it to', async () => {
  await expect.poll(() => replicas.logTail(key, 'web', 'r1-1', 5)).toEqual(['***']);
});

it('is there again when the engine has started the container anew', async () => {
  await container(1).restart({ t: 0 });
  expect(await read(1)).toBe(planted);
  await container(1).kill();
  await container(1).wait();
  await container(1).start();
  expect(await read(1)).toBe(planted);
});

it('stays the same for a release, whatever the value is now; the next release has the new one', async () => {
  await container(1).stop({ t: 0 });
  await replicas.start(request(1, { TLS_KEY: 'changed' }));
  expect(await read(1)).toBe(planted);
  await replicas.start(request(2, { TLS_KEY: 'changed' }));
  expect(await read(2)).toBe('changed');
});

it('is written again when the memory was lost, as after a restart of the host', async () => {
  await container(2).stop({ t: 0 });
  await rm(join(runDir, key.app), { recursive: true });
  await expect(container(2).start()).rejects.toThrow();
  await replicas.start(request(2, { TLS_KEY: 'changed' }));
  expect(await read(2)).toBe('changed');
});

it('lies behind a folder that its owner alone may enter, and goes with the last replica of its release', async () => {
  expect(((await stat(runDir)).mode & 0o777).toString(8)).toBe('700');
  expect(await readdir(join(runDir, key.app, 'test', 'web'))).toEqual(['r2']);
  await replicas.remove(key, 'web', 'r2-1');
  expect(await readdir(join(runDir, key.app, 'test', 'web'))).toEqual([]);
});

it('is refused where the folder is not in memory', async () => {
  const onDisk = await mkdtemp('/var/tmp/siskin-test-');
  const careless = new DockerReplicas(docker, { secretFolders: [onDisk] });
  await expect(careless.start(request(3, { TLS_KEY: planted }))).rejects.toMatchObject({
    code: 'SECRETS_NO_MEMORY_FOLDER',
    message: expect.stringContaining('is on a disk'),
  });
  expect(await readdir(onDisk)).toEqual([]);
  await rm(onDisk, { recursive: true });
});

it('a container’s own tmpfs would lose it: what docs/adr/0015 stands on', async () => {
  const name = `siskin-${key.app}-tmpfs`;
  const args = ['--name', name, '--tmpfs', '/run/secrets', 'busybox:1.36', 'sleep', '600'];
  await execa('docker', ['run', '-d', ...args]);
  try {
    await execa('docker', ['exec', '-i', name, 'sh', '-c', 'cat > /run/secrets/X'], { input: 'kept?' });
    await execa('docker', ['restart', '-t', '0', name]);
    const { exitCode } = await execa('docker', ['exec', name, 'cat', '/run/secrets/X'], { reject: false });
    expect(exitCode).toBe(1);
  } finally {
    await execa('docker', ['rm', '-f', name]);
  }
});
