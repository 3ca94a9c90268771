import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { afterAll, describe, expect, it } from 'vitest';
import { DockerReplicas } from '../../../src/adapters/docker/replicas.ts';
import { HttpProber } from '../../../src/adapters/http/prober.ts';
import { SiskinError } from '../../../src/domain/errors/siskin-error.ts';
import type { ReplicaRequest } from '../../../src/pipeline/ports.ts';
import { serviceSpec } from '../../support/specs.ts';

const docker = new Docker();
const key = { app: `t${randomBytes(4).toString('hex')}`, environment: 'test' };
const replicas = new DockerReplicas(docker);
const signal = new AbortController().signal;

const server = (extra = '') =>
  `require('http').createServer((q,s)=>s.end(process.env.GREETING)).listen(3000);${extra}`;

const request = (slot: number, command: string[], change: Partial<ReplicaRequest> = {}): ReplicaRequest => ({
  ...key,
  service: 'web',
  replica: `r1-${slot}`,
  release: 1,
  slot,
  deployment: 'd1',
  specHash: 'abc',
  image: 'node:20-bookworm-slim',
  container: { ...serviceSpec().container, command, environment: { GREETING: 'hello' } },
  secretFiles: {},
  port: 3000,
  stopGraceMs: 1_000,
  fence: 7,
  assertHeld: async () => undefined,
  ...change,
});

const find = async (replica: string) =>
  (await replicas.list(key, 'web')).find(({ name }) => name === replica) ?? null;

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setImmediate(resolve));
}

describe('DockerReplicas on a real engine', () => {
  afterAll(async () => {
    for (const { name } of await replicas.list(key, 'web')) await replicas.remove(key, 'web', name);
    await docker.getNetwork(`siskin-${key.app}-test`).remove();
  });

  it('starts nothing once the lease is lost: a paused worker must not act after the takeover', async () => {
    const lost = new SiskinError('LEASE_LOST', 'the lease was lost');
    const assertHeld = () => Promise.reject(lost);
    await expect(replicas.start(request(9, ['node', '-e', server()], { assertHeld }))).rejects.toBe(lost);
    expect(await find('r1-9')).toMatchObject({ status: 'created' });
    await replicas.remove(key, 'web', 'r1-9');
  });

  it('starts a replica that answers at its own address, twice is once', async () => {
    const wanted = request(1, ['node', '-e', server()]);
    await replicas.start(wanted);
    await replicas.start(wanted);
    const replica = await find('r1-1');
    expect(replica).toMatchObject({ release: 1, slot: 1, status: 'running', restarts: 0 });
    const probe = { address: replica?.address ?? '', port: 3000, path: '/', timeoutMs: 1_000 };
    await until(async () => 'status' in (await new HttpProber().probe(probe, signal)));
  });

  it('labels it, gives it an init and no new privileges', async () => {
    const info = await docker.getContainer(`siskin-${key.app}-test-web-r1-1`).inspect();
    expect(info.Config.Labels).toMatchObject({
      'siskin.app': key.app,
      'siskin.environment': 'test',
      'siskin.service': 'web',
      'siskin.release': 'r1',
      'siskin.deployment': 'd1',
      'siskin.slot': '1',
      'siskin.spec-hash': 'abc',
      'siskin.fence': '7',
    });
    expect(info.HostConfig).toMatchObject({
      Init: true,
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    });
  });

  it('stops, keeps and starts a replica again, then removes it; again is done', async () => {
    await replicas.stop(key, 'web', 'r1-1', 5_000);
    expect(await find('r1-1')).toMatchObject({ status: 'exited', address: null });
    await replicas.start(request(1, []));
    expect(await find('r1-1')).toMatchObject({ status: 'running' });
    await replicas.remove(key, 'web', 'r1-1');
    await replicas.remove(key, 'web', 'r1-1');
    await replicas.stop(key, 'web', 'r1-1', 1_000);
    expect(await find('r1-1')).toBeNull();
  });

  it('shows that a replica crashes, and its last words', async () => {
    await replicas.start(
      request(2, ['node', '-e', 'console.error("no \\u001b[31mdatabase");process.exit(3)']),
    );
    await until(async () => ((await find('r1-2'))?.restarts ?? 0) > 0);
    expect(await replicas.logTail(key, 'web', 'r1-2', 1)).toEqual(['no database']);
  });

  it('replaces a stopped container of the same name that another spec made', async () => {
    await replicas.start(request(3, ['node', '-e', server()]));
    await replicas.stop(key, 'web', 'r1-3', 1_000);
    await replicas.start(request(3, ['node', '-e', server()], { specHash: 'other' }));
    const info = await docker.getContainer(`siskin-${key.app}-test-web-r1-3`).inspect();
    expect(info.Config.Labels['siskin.spec-hash']).toBe('other');
    expect(info.State.Running).toBe(true);
  });

  it('does not take a running container of another spec for the new release', async () => {
    const third = request(3, ['node', '-e', server()], { specHash: 'third' });
    await expect(replicas.start(third)).rejects.toMatchObject({
      code: 'REPLICA_START_FAILED',
      message: expect.stringContaining('runs already'),
    });
  });

  it('says in words what the engine refused', async () => {
    const wanted = request(4, ['true'], { image: 'siskin/nothing-of-this-name:r9' });
    await expect(replicas.start(wanted)).rejects.toMatchObject({
      code: 'REPLICA_START_FAILED',
      message: expect.stringContaining('siskin/nothing-of-this-name:r9'),
    });
  });

  it('says that the engine does not answer', async () => {
    const gone = new DockerReplicas(new Docker({ socketPath: '/nonexistent/docker.sock' }));
    await expect(gone.list(key, 'web')).rejects.toMatchObject({ code: 'DOCKER_UNAVAILABLE' });
  });
});
