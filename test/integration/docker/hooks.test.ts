import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { DockerHooks } from '../../../src/adapters/docker/hooks.ts';
import { DockerReplicas } from '../../../src/adapters/docker/replicas.ts';
import type { HookEnd } from '../../../src/domain/hooks.ts';
import type { HookRequest } from '../../../src/pipeline/hooks/ports.ts';
import { serviceSpec } from '../../support/specs.ts';

const docker = connectDocker(process.env.DOCKER_HOST);
const key = { app: `h${randomBytes(4).toString('hex')}`, environment: 'test' };
const planted = `planted-${randomBytes(16).toString('hex')}`;
const mask = (text: string) => text.replaceAll(planted, '***');
const never = new AbortController().signal;
let runDir: string;
let hooks: DockerHooks;
let replicas: DockerReplicas;

beforeAll(async () => {
  runDir = await mkdtemp('/dev/shm/siskin-test-');
  const options = { secretFolders: [runDir], mask };
  hooks = new DockerHooks(docker, options);
  replicas = new DockerReplicas(docker, options);
});
afterEach(() => hooks.remove(key, 0));
afterAll(async () => {
  await docker.getNetwork(`siskin-${key.app}-test`).remove();
  await rm(runDir, { recursive: true });
});

const request = (script: string, change: Partial<HookRequest> = {}): HookRequest => ({
  ...key,
  service: 'web',
  hook: 'preDeploy',
  command: ['sh', '-c', script],
  timeLeftMs: 60_000,
  release: 2,
  deployment: 'd7',
  specHash: 'abc',
  image: 'busybox:1.36',
  container: { ...serviceSpec().container, user: '1234:1234', environment: { STAGE: 'test' } },
  secretFiles: {},
  stopGraceMs: 1_000,
  fence: 7,
  assertHeld: async () => undefined,
  ...change,
});

/** Runs it, and what it printed. */
async function run(one: HookRequest, signal = never): Promise<HookEnd & { lines: string[] }> {
  const lines: string[] = [];
  return { ...(await hooks.run(one, (line) => lines.push(line), signal)), lines };
}

const name = (release = 2, deployment = 'd7') =>
  `siskin-${key.app}-test-web-r${release}-${deployment}-preDeploy`;

/** Begins it and leaves it, as a killed worker does. */
async function leave(one: HookRequest): Promise<void> {
  const killed = new AbortController();
  let begun: () => void = () => undefined;
  const printed = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const end = hooks.run(one, (line) => line === 'begun' && begun(), killed.signal);
  await printed;
  killed.abort(new Error('killed'));
  await expect(end).rejects.toThrow('killed');
}

describe('a hook', () => {
  it('runs with what replicas have, and tells how it ended and what it printed', async () => {
    const script =
      'echo "$STAGE as $(id -u)"; cat /run/secrets/KEY; echo; printf "\\033[31mred\\033[0m\\n"; echo bad >&2; exit 3';
    const { lines, ...end } = await run(request(script, { secretFiles: { KEY: planted } }));
    expect(end).toMatchObject({ exitCode: 3, timedOut: false, oomKilled: false });
    expect([...lines].sort()).toEqual(['***', 'bad', 'red', 'test as 1234']);
    expect([...end.tail].sort()).toEqual([...lines].sort());
    const { Config, HostConfig } = await docker.getContainer(name()).inspect();
    expect(Config.Labels).toMatchObject({
      'siskin.app': key.app,
      'siskin.environment': 'test',
      'siskin.kind': 'hook',
      'siskin.release': 'r2',
      'siskin.deployment': 'd7',
    });
    expect(HostConfig).toMatchObject({
      Init: true,
      RestartPolicy: { Name: 'no' },
      SecurityOpt: ['no-new-privileges'],
    });
  });

  it('is no replica and no stray, and leaves nothing behind when it is removed', async () => {
    await run(request('true', { secretFiles: { KEY: planted } }));
    expect(await replicas.glance(key, 'web')).toEqual({ replicas: [], strays: [] });
    expect(await readdir(join(runDir, key.app, 'test', 'web'))).toEqual(['r2']);
    await hooks.remove(key, 0);
    await expect(docker.getContainer(name()).inspect()).rejects.toMatchObject({ statusCode: 404 });
    expect(await readdir(join(runDir, key.app, 'test', 'web'))).toEqual([]);
  });

  it('is not run again when it has ended: its end is read', async () => {
    const started = async () => (await docker.getContainer(name()).inspect()).State.StartedAt;
    await run(request('echo once; exit 4'));
    const first = await started();
    expect(await run(request('echo once; exit 4'))).toMatchObject({ exitCode: 4, tail: ['once'] });
    expect(await started()).toBe(first);
  });

  it('is waited for when a worker before this one had begun it', async () => {
    await leave(request('echo begun; until [ -e /tmp/go ]; do sleep 0.1; done; echo over'));
    const taken = run(request('echo begun; exit 9'));
    const go = await docker
      .getContainer(name())
      .exec({ Cmd: ['touch', '/tmp/go'], AttachStdout: true, AttachStderr: true });
    await go.start({});
    expect(await taken).toMatchObject({ exitCode: 0, tail: ['begun', 'over'] });
  });

  it('of another commit of the same deployment is waited for, never broken off; then this one runs', async () => {
    await leave(request('echo begun; until [ -e /tmp/go ]; do sleep 0.1; done'));
    const lines: string[] = [];
    const next = hooks.run(request('echo second', { release: 3 }), (line) => lines.push(line), never);
    await expect.poll(() => lines).toEqual([expect.stringContaining(`waiting for the end of ${name()}`)]);
    await expect(docker.getContainer(name(3)).inspect()).rejects.toMatchObject({ statusCode: 404 });
    const go = await docker
      .getContainer(name())
      .exec({ Cmd: ['touch', '/tmp/go'], AttachStdout: true, AttachStderr: true });
    await go.start({});
    expect(await next).toMatchObject({ exitCode: 0, tail: ['second'] });
    await expect(docker.getContainer(name()).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('of a deployment that has ended is stopped before', async () => {
    await leave(request('echo begun; exec sleep 600'));
    expect(await run(request('echo next', { deployment: 'd8' }))).toMatchObject({ exitCode: 0 });
    await expect(docker.getContainer(name()).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('is stopped when its time is over', async () => {
    const slow = request('trap "exit 0" TERM; echo begun; while :; do sleep 0.1; done', {
      timeLeftMs: 1_500,
    });
    expect(await run(slow)).toMatchObject({ timedOut: true, tail: ['begun'] });
    const { State } = await docker.getContainer(name()).inspect();
    expect(State.Running).toBe(false);
  });

  it('is stopped by its removal while it runs', async () => {
    await leave(request('echo begun; exec sleep 600'));
    await hooks.remove(key, 0);
    await expect(docker.getContainer(name()).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('whose program is not in the image ends with 127; whose image is not there is refused', async () => {
    expect(await run(request('', { command: ['no-such-program'] }))).toMatchObject({
      exitCode: 127,
      tail: [expect.stringContaining('no-such-program')],
    });
    await expect(run(request('', { image: 'siskin/none:r1', deployment: 'd9' }))).rejects.toMatchObject({
      code: 'HOOK_REFUSED',
      message: expect.stringContaining('siskin/none:r1'),
    });
  });

  it('that is killed says so', async () => {
    const end = hooks.run(request('echo begun; exec sleep 600'), () => undefined, never);
    await expect
      .poll(
        async () =>
          (
            await docker
              .getContainer(name())
              .inspect()
              .catch(() => null)
          )?.State.Running,
      )
      .toBe(true);
    await docker.getContainer(name()).kill();
    expect(await end).toMatchObject({ exitCode: 137, timedOut: false });
  });

  it('that prints without an end is cut in the log, and holds its last lines', async () => {
    const { lines, tail } = await run(
      request('seq 1 5000; head -c 600000 /dev/zero | tr "\\0" x; echo; echo last'),
    );
    expect(lines.length).toBe(2_001);
    expect(lines.at(-1)).toContain('left out');
    expect(tail.at(-1)).toBe('last');
    expect(Math.max(...tail.map((line) => line.length))).toBe(2_000);
  });
});
