import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { DockerImages } from '../../../src/adapters/docker/images.ts';
import { isRunning } from '../../support/git-build.ts';
import {
  build,
  buildsFolder,
  contextOf,
  docker,
  forgetBuilds,
  image,
  images,
  leftOver,
  never,
  prepareBuilds,
  request,
  run,
} from '../../support/image-builds.ts';

/** Told apart from other runs' in the list of processes. */
const sleeper = `1${process.pid}`;

beforeAll(prepareBuilds);
afterEach(async () => {
  await images.remove(image);
  expect(await leftOver()).toEqual([]);
});
afterAll(forgetBuilds);

/** What a container of the image prints. */
async function output(command: string[]): Promise<string> {
  const printed = new PassThrough();
  const chunks: Buffer[] = [];
  printed.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ran: unknown[] = await docker.run(image, command, printed, {
    Tty: true,
    HostConfig: { NetworkMode: 'none' },
  });
  await (ran[1] as Docker.Container).remove();
  return Buffer.concat(chunks).toString('utf8').replaceAll('\r\n', '\n');
}

describe('build', () => {
  it('makes a small Node app, labelled, and tells its steps', async () => {
    const { id, lines } = await build({
      Dockerfile: `FROM node:20-bookworm-slim\nWORKDIR /app\nCOPY . .\nRUN echo built ${run}\nCMD ["node", "app.js"]\n`,
      'app.js': 'console.log("hello of", process.version)',
    });
    expect(id).toBe(await images.find(image));
    expect((await docker.getImage(image).inspect()).Config.Labels).toMatchObject({ 'siskin.test': run });
    expect(await output(['node', 'app.js'])).toMatch(/^hello of v\d+/);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^#\d+ \[4\/4\] RUN echo built test-/),
        expect.stringMatching(/^#\d+ built test-/),
        expect.stringMatching(/^#\d+ done in \d+\.\d s$/),
      ]),
    );
  });

  it('tells what was cached, and replaces an image of the same name without leaving the old one', async () => {
    const files = { Dockerfile: `FROM node:20-bookworm-slim\nRUN echo ${run} > /x\n` };
    const first = await build(files);
    const second = await build(files);
    expect(second.lines).toContainEqual(expect.stringMatching(/^#\d+ CACHED$/));
    const third = await build({ Dockerfile: `FROM node:20-bookworm-slim\nRUN echo ${run} again > /x\n` });
    expect(third.id).not.toBe(first.id);
    expect(await leftOver()).toEqual([third.id]);
  });

  it('honours .dockerignore, target, arguments, and a context in a folder', async () => {
    await build(
      {
        'web/images/Dockerfile':
          'FROM node:20-bookworm-slim AS one\nARG COLOUR\nCOPY . /app\nRUN echo "$COLOUR" > /colour\nFROM one AS two\nRUN exit 1\n',
        'web/.dockerignore': '*.md\n!README.md\n',
        'web/a.md': 'a',
        'web/README.md': 'r',
        other: 'x',
      },
      {
        build: {
          context: 'web',
          dockerfile: 'images/Dockerfile',
          target: 'one',
          args: { COLOUR: 'deep red; exit 1' },
        },
      },
    );
    expect(await output(['sh', '-c', 'cat /colour; ls -A1 /app'])).toBe(
      'deep red; exit 1\n.dockerignore\nREADME.md\nimages\n',
    );
  });

  it('says at which step it failed and why, with the last ten lines', async () => {
    const failing = build({
      Dockerfile: 'FROM node:20-bookworm-slim\nRUN seq 1 30 >&2; echo "no such thing" >&2; exit 3\n',
    });
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BUILD_FAILED' });
    const lines = (error as Error).message.split('\n');
    expect(lines[0]).toMatch(/^the build failed at "\[2\/2\] RUN seq 1 30 >&2; .*": .*exit code: 3$/);
    expect(lines.slice(1)).toEqual([
      ...Array.from({ length: 9 }, (_, index) => String(index + 22)),
      'no such thing',
    ]);
  });

  it.each([
    ['a word that is no instruction', 'FORM node\n', /unknown instruction: FORM/],
    ['a file that is not there', 'FROM node:20-bookworm-slim\nCOPY nope /\n', /COPY nope \/": .*not found/],
    ['a stage that is not there', 'FROM node:20-bookworm-slim\nCOPY --from=gone /a /b\n', /gone/],
  ])('says so when the Dockerfile has %s', async (_, dockerfile, message) => {
    await expect(build({ Dockerfile: dockerfile })).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(message),
    });
  });

  it('says why the context broke off', async () => {
    const context = new PassThrough();
    context.write(Buffer.alloc(10_000));
    const building = images.build(request(), context, () => undefined, never);
    const failed = expect(building).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: 'the build context could not be read: git ended in the middle of a file',
    });
    context.destroy(new Error('git ended in the middle of a file'));
    await failed;
  });

  it('threat 14: a Dockerfile that sleeps is stopped after the time-out, and its process ends', async () => {
    const seconds = `${sleeper}1`;
    await expect(
      build({ Dockerfile: `FROM node:20-bookworm-slim\nRUN sleep ${seconds}\n` }, { timeoutMs: 3_000 }),
    ).rejects.toMatchObject({
      code: 'BUILD_TIMED_OUT',
      message: 'the build took longer than 3 s and was stopped',
    });
    await vi.waitFor(async () => expect(await isRunning('sleep', seconds)).toBe(false), { timeout: 20_000 });
  });

  it('threat 14: an aborted build ends, with the step that runs and all that it forked', async () => {
    const seconds = `${sleeper}2`;
    const abort = new AbortController();
    const context = await contextOf({
      Dockerfile: `FROM node:20-bookworm-slim\nRUN sleep ${seconds} & sleep ${seconds} & echo asleep; wait\n`,
    });
    const began = resolvers();
    const building = images.build(
      request(),
      context,
      (line) => line.endsWith(' asleep') && began.resolve(),
      abort.signal,
    );
    building.catch(() => undefined);
    await began.promise;
    expect(await isRunning('sleep', seconds)).toBe(true);
    abort.abort();
    await expect(building).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(async () => expect(await isRunning('sleep', seconds)).toBe(false), { timeout: 20_000 });
    expect(context.destroyed).toBe(true);
  });

  it('threat 14: a Dockerfile that fills the disk is stopped at the floor, or not begun', async () => {
    const { DockerRootDir: path } = (await docker.info()) as { DockerRootDir: string };
    const disk = await statfs(path);
    const free = disk.bavail * disk.bsize;
    const careful = new DockerImages(docker, { minFreeBytes: free + 1e12 });
    await expect(build({ Dockerfile: 'FROM node:20-bookworm-slim\n' }, {}, careful)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('no build with so little disk'),
    });
    const tight = new DockerImages(docker, { minFreeBytes: free - 300e6 });
    const files = {
      Dockerfile: `FROM node:20-bookworm-slim\nRUN head -c 3000000000 /dev/zero > /${run}; sleep 60\n`,
    };
    await expect(build(files, {}, tight)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('no build with so little disk'),
    });
  });

  it('runs one build at a time', async () => {
    const order: string[] = [];
    const one = (name: string) =>
      contextOf({ Dockerfile: `FROM node:20-bookworm-slim\nRUN echo ${name} ${run}; sleep 0.5\n` }).then(
        (context) =>
          images.build(
            request(),
            context,
            (line) =>
              /^#\d+ (\[2|done)/.test(line) && order.push(line.includes('RUN') ? `${name} runs` : name),
            never,
          ),
      );
    await Promise.all([one('a'), one('b')]);
    const names = order.map((line) => line[0]);
    expect(names).toEqual([...names].sort((x, y) => names.indexOf(x) - names.indexOf(y)));
    expect(new Set(names).size).toBe(2);
  });
});

describe('find and remove', () => {
  it('know nothing of an image that is not there', async () => {
    expect(await images.find(`siskin/${run}:none`)).toBeNull();
    await images.remove(`siskin/${run}:none`);
  });

  it('leave an image alone that a container uses', async () => {
    const { id } = await build({ Dockerfile: 'FROM node:20-bookworm-slim\nCMD ["true"]\n' });
    const container = await docker.createContainer({ Image: image });
    await images.remove(image);
    expect(await images.find(image)).toBe(id);
    await container.remove();
  });
});

describe('an engine that does not answer', () => {
  it('is said to be unavailable', async () => {
    const gone = new DockerImages(connectDocker(`unix://${buildsFolder()}/none.sock`));
    await expect(gone.find('x')).rejects.toMatchObject({ code: 'DOCKER_UNAVAILABLE' });
    const context = new PassThrough();
    await expect(gone.build(request(), context, () => undefined, never)).rejects.toMatchObject({
      code: 'DOCKER_UNAVAILABLE',
    });
    expect(context.destroyed).toBe(true);
    expect(() => connectDocker('npipe:////./pipe/docker')).toThrow(
      expect.objectContaining({ code: 'DOCKER_UNAVAILABLE' }),
    );
  });

  it('is said to be so when it hangs up in the middle of a build', async () => {
    const { server, host } = await fakeEngine();
    const context = new PassThrough();
    context.write('the first bytes');
    const building = new DockerImages(connectDocker(host)).build(request(), context, () => undefined, never);
    await expect(building).rejects.toMatchObject({ code: 'DOCKER_UNAVAILABLE' });
    server.close();
  });

  /** Answers questions, and hangs up on a build after its first line. */
  async function fakeEngine(): Promise<{ server: Server; host: string }> {
    const server = createServer((incoming, answer) => {
      if (incoming.url?.startsWith('/build')) {
        answer.write('{"stream":"hello"}\n', () => answer.destroy());
      } else if (incoming.url === '/info') answer.end('{"DockerRootDir":"/nowhere"}');
      else answer.writeHead(404).end('{"message":"no"}');
    });
    server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    });
    const path = join(buildsFolder(), 'engine.sock');
    server.listen(path);
    await once(server, 'listening');
    return { server, host: `unix://${path}` };
  }
});

/** Promise.withResolvers, which Node 20 does not have. */
function resolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
