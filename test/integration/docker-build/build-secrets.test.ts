import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { DockerImages } from '../../../src/adapters/docker/images.ts';
import { GitSource } from '../../../src/adapters/git/git-source.ts';
import { LiveMask } from '../../../src/observability/mask.ts';
import { ensureBaseImage } from '../../support/git-build.ts';
import { createRepository, temporaryFolder } from '../../support/git-repository.ts';
import { imageHolds } from '../../support/image-holds.ts';

const never = new AbortController().signal;
const image = `siskin/test-${randomUUID()}:r1`;
const planted = `planted-${randomUUID()}`;
const docker = connectDocker(process.env.DOCKER_HOST);
const mask = new LiveMask([planted]);
const images = new DockerImages(docker, { mask: mask.text });
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let count = 0;

beforeAll(async () => {
  await ensureBaseImage('busybox', 'busybox:1.36');
  folder = await temporaryFolder();
});
afterAll(async () => {
  await images.remove(image);
  await folder.remove();
});

async function contextOf(dockerfile: string): Promise<Readable> {
  const number = count++;
  const repository = await createRepository(join(folder.path, `r${number}`));
  const sha = await repository.commit({ Dockerfile: dockerfile });
  const source = new GitSource({
    dataDir: join(folder.path, `d${number}`),
    environment: { PATH: process.env.PATH },
  });
  await source.fetchBranch(repository.url, 'main', never);
  return source.openContext(repository.url, sha, { context: '.', dockerfile: 'Dockerfile', args: {} }, never);
}

async function build(dockerfile: string, secrets: Record<string, string>) {
  const lines: string[] = [];
  const request = {
    image,
    build: { context: '.', dockerfile: 'Dockerfile', args: {} },
    labels: {},
    secrets,
    timeoutMs: 60_000,
    assertHeld: async () => undefined,
  };
  const id = await images.build(request, await contextOf(dockerfile), (line) => lines.push(line), never);
  return { id, lines };
}

it('threat 24: gives a build its secret, which is in no line, no layer and no history', async () => {
  const { id, lines } = await build(
    `FROM busybox:1.36
# longer than BuildKit waits for an answer of the session's health service
RUN echo ${randomUUID()} && sleep 3
RUN --mount=type=secret,id=NPM_TOKEN echo marker-${image} > /marker && echo "token $(cat /run/secrets/NPM_TOKEN)"
RUN ls /run/secrets || echo none
`,
    { NPM_TOKEN: planted },
  );
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^#\d+ token \*\*\*$/)]));
  expect(lines.join('\n')).not.toContain(planted);
  expect(JSON.stringify(await docker.getImage(id).history())).not.toContain(planted);
  expect(JSON.stringify(await docker.getImage(id).inspect())).not.toContain(planted);
  expect(await imageHolds(docker, id, planted)).toBe(false);
  expect(await imageHolds(docker, id, `marker-${image}`)).toBe(true);
});

it('gives a large secret whole', async () => {
  const large = 'x'.repeat(65_536);
  const { lines } = await build(
    `FROM busybox:1.36\nRUN --mount=type=secret,id=LARGE echo ${randomUUID()} $(wc -c < /run/secrets/LARGE)\n`,
    { LARGE: large },
  );
  expect(lines.join('\n')).toContain('65536');
});

it('says which secret a build lacks', async () => {
  const dockerfile = `FROM busybox:1.36\nRUN --mount=type=secret,id=ABSENT,required echo ${randomUUID()}\n`;
  await expect(build(dockerfile, { OTHER: planted })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringContaining('ABSENT'),
  });
});

it('threat 24: a secret in the error of a failed build is masked', async () => {
  const dockerfile = `FROM busybox:1.36\nRUN --mount=type=secret,id=T echo ${randomUUID()} && cat /run/secrets/T && exit 3\n`;
  const failure = build(dockerfile, { T: planted });
  await expect(failure).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringMatching(/\*\*\*/),
  });
  await expect(failure).rejects.not.toThrow(planted);
});
