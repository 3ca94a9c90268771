import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { DockerImages } from '../../../src/adapters/docker/images.ts';

const script = fileURLToPath(
  new URL('../../../deploy-templates/base-images/make-image.mjs', import.meta.url),
);
const docker = connectDocker(process.env.DOCKER_HOST);
const images = new DockerImages(docker);
const name = `siskin/test-${randomUUID()}`;

const make = (words: string[], host = process.env.DOCKER_HOST ?? '') =>
  promisify(execFile)(process.execPath, [script, ...words], { env: { ...process.env, DOCKER_HOST: host } });

afterAll(async () => {
  for (const tag of ['1', '2']) await images.remove(`${name}:${tag}`);
});

describe('make-image.mjs', () => {
  it('makes an image of this Node under all the names, in which node, npm and a shell run', async () => {
    const { stdout } = await make(['node', `${name}:1`, `${name}:2`]);
    expect(stdout).toContain(`${name}:2: made of this machine's Node ${process.versions.node}`);
    expect(await images.find(`${name}:1`)).toBe(await images.find(`${name}:2`));
    const container = await docker.createContainer({
      Image: `${name}:1`,
      User: 'node',
      Cmd: ['sh', '-c', 'cd && echo x > mine && node -p process.version && npm --version && test -w /tmp'],
    });
    await container.start();
    expect(await container.wait()).toEqual(expect.objectContaining({ StatusCode: 0 }));
    await container.remove();
  });

  it('does nothing when the name is taken, and makes it again when forced', async () => {
    const before = await images.find(`${name}:1`);
    expect((await make(['node', `${name}:1`])).stdout).toBe(`${name}:1: is there already\n`);
    expect(await images.find(`${name}:1`)).toBe(before);
    expect((await make(['node', `${name}:1`, '--force'])).stdout).toContain('made of');
  });

  it.each([
    [['node', 'x:1'], 'unix:///nowhere/docker.sock', /no Docker engine answers at \/nowhere\/docker\.sock/],
    [['node', 'x:1'], 'ssh://host', /DOCKER_HOST ssh:\/\/host is not supported/],
    [['node'], '', /say which name/],
    [['java', 'x:1'], '', /say which kind/],
    [['node', '--privileged=x'], '', /--privileged/],
  ])('says what is wrong with %j at %s', async (words, host, message) => {
    await expect(make(words, host)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(message),
    });
  });
});
