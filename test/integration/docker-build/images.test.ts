import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { DockerImages } from '../../../src/adapters/docker/images.ts';
import { GitSource } from '../../../src/adapters/git/git-source.ts';
import type { BuildRequest } from '../../../src/pipeline/ports.ts';
import { ensureBaseImage, isRunning } from '../../support/git-build.ts';
import { type Change, createRepository, temporaryFolder } from '../../support/git-repository.ts';

const never = new AbortController().signal;
/** Everything made here carries it, so that what is left over can be found. */
const run = `test-${randomUUID()}`;
const image = `siskin/${run}:r1`;

let docker: Docker;
let images: DockerImages;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let count = 0;

beforeAll(async () => {
  await ensureBaseImage('node', 'node:20-bookworm-slim');
  docker = connectDocker(process.env.DOCKER_HOST);
  images = new DockerImages(docker);
  folder = await temporaryFolder();
});
afterEach(async () => {
  await images.remove(image);
  expect(await leftOver()).toEqual([]);
});
afterAll(() => folder.remove());

/** Images of this run, untagged ones and layers too. */
const leftOver = async () =>
  (await docker.listImages({ all: true, filters: { label: [`siskin.test=${run}`] } })).map(
    (found) => found.Id,
  );

const request = (change: Partial<BuildRequest> = {}): BuildRequest => ({
  image,
  build: { context: '.', dockerfile: 'Dockerfile', args: {} },
  labels: { 'siskin.test': run },
  timeoutMs: 60_000,
  assertHeld: async () => undefined,
  ...change,
});

/** The context of a fresh repository with these files. */
async function contextOf(files: Record<string, Change>, build = request().build): Promise<Readable> {
  const number = count++;
  const repository = await createRepository(join(folder.path, `r${number}`));
  const sha = await repository.commit(files);
  const source = new GitSource({
    dataDir: join(folder.path, `d${number}`),
    environment: { PATH: process.env.PATH },
  });
  await source.fetchBranch(repository.url, 'main', never);
  return await source.openContext(repository.url, sha, build, never);
}

/** Builds it; the lines are those of the log. */
async function build(
  files: Record<string, Change>,
  change: Partial<BuildRequest> = {},
  by = images,
  signal = never,
) {
  const lines: string[] = [];
  const wanted = request(change);
  const id = await by.build(wanted, await contextOf(files, wanted.build), (line) => lines.push(line), signal);
  return { id, lines };
}

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
    const seconds = `1${count}7001`;
    await expect(
      build({ Dockerfile: `FROM node:20-bookworm-slim\nRUN sleep ${seconds}\n` }, { timeoutMs: 3_000 }),
    ).rejects.toMatchObject({
      code: 'BUILD_TIMED_OUT',
      message: 'the build took longer than 3 s and was stopped',
    });
    await vi.waitFor(async () => expect(await isRunning('sleep', seconds)).toBe(false), { timeout: 20_000 });
  });

  it('threat 14: an aborted build ends, with the step that runs and all that it forked', async () => {
    const seconds = `1${count}7002`;
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

describe('build with limits', () => {
  const megabytes = 64;
  const limited = () =>
    new DockerImages(docker, { limits: { memoryBytes: megabytes * 2 ** 20, nanoCpus: 5e8 } });
  const node = (script: string) =>
    `FROM node:20-bookworm-slim\nRUN ["node", "-e", ${JSON.stringify(script)}]\n`;
  const unnamed = async () =>
    (await docker.listImages({ all: true })).filter(({ Labels }) => Labels?.['siskin.test'] === run).length;

  it('threat 14: a step that takes more memory than it may is killed, and the reason names the setting', async () => {
    const hungry = node(
      'const all = []; for (let n = 0; n < 512; n += 1) all.push(Buffer.alloc(2 ** 20, 1)); console.log(all.length)',
    );
    const { lines } = await build({ Dockerfile: hungry });
    expect(lines).toContainEqual(expect.stringMatching(/^#\d+ 512$/));
    const error = await build({ Dockerfile: `${hungry}# limited\n` }, {}, limited()).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'BUILD_FAILED' });
    expect((error as Error).message).toMatch(
      /^the build failed at "\[2\/3\] RUN .*code: 137: it was killed, as a step is that takes more than build\.memory of siskin\.yaml \(64 MB\)/,
    );
  });

  it('threat 14: a step that forks without end stays within its limits until it is killed', async () => {
    const fork = `${node('')}RUN node -e 'require("fs").writeFileSync("/f.sh", "#!/bin/sh\\nwhile :; do /bin/sh /f.sh & done\\n")' && /bin/sh /f.sh\n`;
    await expect(build({ Dockerfile: fork }, { timeoutMs: 4_000 }, limited())).rejects.toMatchObject({
      code: expect.stringMatching(/^BUILD_(FAILED|TIMED_OUT)$/),
    });
  });

  it('gives a step its share of the CPUs', async () => {
    const busy = node(
      'const until = Date.now() + 1500; while (Date.now() < until); const { user, system } = process.cpuUsage(); console.log("took", (user + system) / 1000)',
    );
    const { lines } = await build({ Dockerfile: busy }, {}, limited());
    const took = lines.map((line) => Number(/ took ([\d.]+)$/.exec(line)?.[1] ?? 0)).find((ms) => ms > 0);
    expect(took).toBeLessThan(1_200);
  });

  it('tells its steps, labels its image, heeds target and arguments, and removes all of it', async () => {
    const before = await unnamed();
    const dockerfile = `FROM node:20-bookworm-slim AS base\nARG WORD\nRUN echo "$WORD ${run}"\nFROM base AS run\nCOPY a a\nFROM base\nRUN exit 3\n`;
    const spec = { context: '.', dockerfile: 'Dockerfile', args: { WORD: 'hello' }, target: 'run' };
    const { id, lines } = await build({ Dockerfile: dockerfile, a: 'x' }, { build: spec }, limited());
    expect(id).toBe(await images.find(image));
    expect((await docker.getImage(image).inspect()).Config.Labels).toMatchObject({ 'siskin.test': run });
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^#3 \[3\/\d\] RUN echo/),
        `#3 hello ${run}`,
        expect.stringMatching(/^#3 done in \d+\.\d s$/),
      ]),
    );
    const again = await build({ Dockerfile: dockerfile, a: 'x' }, { build: spec }, limited());
    expect(again.lines).toContain('#3 CACHED');
    await images.remove(image);
    expect(await unnamed()).toBe(before);
  });

  it.each([
    ['RUN --mount=type=cache,target=/x true', 'requires BuildKit'],
    ['COPY --chmod=700 Dockerfile /x', 'requires BuildKit'],
    ['RUN <<EOF\ntrue\nEOF', 'dockerfile parse error'],
  ])('says what %s would need', async (line, words) => {
    const broken = build({ Dockerfile: `FROM node:20-bookworm-slim\n${line}\n` }, {}, limited());
    const error = await broken.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BUILD_FAILED' });
    expect((error as Error).message).toContain(words);
    expect((error as Error).message).toContain(
      'build.memory and build.cpus of siskin.yaml build without BuildKit',
    );
  });

  it('threat 14: an aborted or slow build ends, with the step that runs', async () => {
    const sleeper = node('setTimeout(() => {}, 600000); console.log("asleep")');
    await expect(build({ Dockerfile: sleeper }, { timeoutMs: 3_000 }, limited())).rejects.toMatchObject({
      code: 'BUILD_TIMED_OUT',
    });
    await expect
      .poll(
        async () =>
          (await docker.listContainers()).filter(({ Command }) => Command.includes('600000')).length,
        { timeout: 20_000 },
      )
      .toBe(0);
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
    const gone = new DockerImages(connectDocker(`unix://${folder.path}/none.sock`));
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
    const path = join(folder.path, 'engine.sock');
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
