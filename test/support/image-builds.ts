import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { connectDocker } from '../../src/adapters/docker/connect.ts';
import { DockerImages } from '../../src/adapters/docker/images.ts';
import { GitSource } from '../../src/adapters/git/git-source.ts';
import type { BuildRequest } from '../../src/pipeline/ports.ts';
import { ensureBaseImage } from './git-build.ts';
import { type Change, createRepository, temporaryFolder } from './git-repository.ts';

export const never = new AbortController().signal;
/** Everything that one test file makes carries it, so that what is left over can be found. */
export const run = `test-${randomUUID()}`;
export const image = `siskin/${run}:r1`;
export const docker = connectDocker(process.env.DOCKER_HOST);
export const images = new DockerImages(docker);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let count = 0;

export async function prepareBuilds(): Promise<void> {
  await ensureBaseImage('node', 'node:20-bookworm-slim');
  folder = await temporaryFolder();
}

/** Of this test file's own; there from prepareBuilds on. */
export const buildsFolder = (): string => folder.path;

export const forgetBuilds = (): Promise<void> => folder.remove();

/** Images of this run, untagged ones and layers too. */
export const leftOver = async (): Promise<string[]> =>
  (await docker.listImages({ all: true, filters: { label: [`siskin.test=${run}`] } })).map(
    (found) => found.Id,
  );

export const request = (change: Partial<BuildRequest> = {}): BuildRequest => ({
  image,
  build: { context: '.', dockerfile: 'Dockerfile', args: {} },
  labels: { 'siskin.test': run },
  secrets: {},
  timeoutMs: 60_000,
  assertHeld: async () => undefined,
  ...change,
});

/** The context of a fresh repository with these files. */
export async function contextOf(files: Record<string, Change>, build = request().build): Promise<Readable> {
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
export async function build(
  files: Record<string, Change>,
  change: Partial<BuildRequest> = {},
  by = images,
  signal = never,
): Promise<{ id: string; lines: string[] }> {
  const lines: string[] = [];
  const wanted = request(change);
  const id = await by.build(wanted, await contextOf(files, wanted.build), (line) => lines.push(line), signal);
  return { id, lines };
}
