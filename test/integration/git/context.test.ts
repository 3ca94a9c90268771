import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitSource, type GitSourceOptions } from '../../../src/adapters/git/git-source.ts';
import type { BuildSpec } from '../../../src/domain/service-spec.ts';
import { readContext } from '../../support/git-context.ts';
import { type Change, createRepository, temporaryFolder } from '../../support/git-repository.ts';

const never = new AbortController().signal;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let count = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

/** Opens the context of a fresh repository with these files. */
async function open(
  files: Record<string, Change>,
  build: Partial<BuildSpec> = {},
  options: Partial<GitSourceOptions> = {},
  signal = never,
) {
  const name = `r${count++}`;
  const repository = await createRepository(join(folder.path, name));
  const sha = await repository.commit(files);
  const source = new GitSource({
    dataDir: join(folder.path, `data-${name}`),
    environment: { PATH: process.env.PATH },
    ...options,
  });
  await source.fetchBranch(repository.url, 'main', never);
  const spec = { context: '.', dockerfile: 'Dockerfile', args: {}, ...build };
  return await source.openContext(repository.url, sha, spec, signal);
}
const contents = async (...args: Parameters<typeof open>) => await readContext(await open(...args));

describe('openContext', () => {
  it('sends every file as it was committed, links and long names too', async () => {
    const long = `${'deep/'.repeat(60)}file.txt`;
    const files = {
      Dockerfile: 'FROM x\n',
      'a/b.txt': 'ü',
      [long]: 'far',
      empty: '',
      link: { symlink: 'a/b.txt' },
    };
    expect(await contents(files)).toEqual({ ...files, link: '-> a/b.txt' });
  });

  it('keeps what is executable so', async () => {
    const context = await open({
      Dockerfile: 'FROM x\n',
      'run.sh': { text: '#!/bin/sh\n', executable: true },
    });
    const chunks: Buffer[] = [];
    for await (const chunk of context) chunks.push(chunk as Buffer);
    const archive = Buffer.concat(chunks);
    expect(archive.toString('latin1', archive.indexOf('run.sh') + 100, archive.indexOf('run.sh') + 106)).toBe(
      '000755',
    );
  });

  it('honours .dockerignore with its exceptions; the Dockerfile and it itself are always sent', async () => {
    const files = {
      Dockerfile: 'FROM x\n',
      '.dockerignore': '*\n!src\nsrc/**/*.test.js\n!src/keep.test.js\n',
      'src/a.js': 'a',
      'src/deep/b.test.js': 'b',
      'src/keep.test.js': 'k',
      'secret.env': 's',
    };
    const sent = await contents(files);
    expect(Object.keys(sent).sort()).toEqual(['.dockerignore', 'Dockerfile', 'src/a.js', 'src/keep.test.js']);
  });

  it("prefers the Dockerfile's own .dockerignore", async () => {
    const files = {
      'docker/Dockerfile.web': 'FROM x\n',
      'docker/Dockerfile.web.dockerignore': 'b\n',
      '.dockerignore': 'a\n',
      a: 'a',
      b: 'b',
    };
    const sent = await contents(files, { dockerfile: 'docker/Dockerfile.web' });
    expect(Object.keys(sent)).toEqual(expect.arrayContaining(['a', 'docker/Dockerfile.web']));
    expect(Object.keys(sent)).not.toContain('b');
  });

  it('takes a folder of the repository, with its own .dockerignore', async () => {
    const files = {
      'web/Dockerfile': 'FROM x\n',
      'web/.dockerignore': 'no\n',
      'web/no': '',
      'web/a': 'a',
      b: 'b',
      '.dockerignore': 'a',
    };
    const sent = await contents(files, { context: './web/' });
    expect(sent).toEqual({ Dockerfile: 'FROM x\n', '.dockerignore': 'no\n', a: 'a' });
  });

  it('threat 11: attributes of the repository change nothing', async () => {
    const files = {
      Dockerfile: 'FROM x\n',
      '.gitattributes': 'gone export-ignore\n*.txt export-subst ident eol=crlf\n',
      gone: 'here',
      'a.txt': '$Format:%H$ $Id$\n',
    };
    expect(await contents(files)).toEqual(files);
  });

  it('says what is missing', async () => {
    await expect(open({ a: 'a' })).rejects.toMatchObject({
      code: 'FILE_MISSING',
      message: expect.stringContaining('Dockerfile'),
    });
    await expect(open({ Dockerfile: 'x' }, { context: 'web' })).rejects.toMatchObject({
      code: 'FILE_MISSING',
    });
    await expect(open({ Dockerfile: 'x', '.dockerignore': '[a' })).rejects.toMatchObject({
      code: 'CONTEXT_REFUSED',
      message: '.dockerignore: the pattern "[a" has a [ without its ]',
    });
  });

  it('gives the same archive for the same commit', async () => {
    const repository = await createRepository(join(folder.path, 'same'));
    const sha = await repository.commit({ Dockerfile: 'FROM x\n', a: 'a' });
    const source = new GitSource({ dataDir: join(folder.path, 'same-data') });
    await source.fetchBranch(repository.url, 'main', never);
    const spec = { context: '.', dockerfile: 'Dockerfile', args: {} };
    const read = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of await source.openContext(repository.url, sha, spec, never))
        chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    };
    expect((await read()).equals(await read())).toBe(true);
  });

  it.each([
    ['absolute', 'l', '/etc/passwd', {}],
    ['above the root', 'a/l', '../../x', {}],
    ['by way of another', 'y/l', '../x/up/..', { 'x/up': { symlink: '..' } }],
  ])(
    'threat 12: a symbolic link that leads out (%s) is refused with its path',
    async (_, path, target, more) => {
      const files: Record<string, Change> = { Dockerfile: 'FROM x\n', ...more, [path]: { symlink: target } };
      await expect(open(files)).rejects.toMatchObject({
        code: 'CONTEXT_REFUSED',
        message: `${path} is a symbolic link to ${target}, which is outside the build context`,
      });
      // what is not sent does no harm
      expect(await contents({ ...files, '.dockerignore': path })).not.toHaveProperty(path);
    },
  );

  it('threat 12: context, Dockerfile and .dockerignore are never followed links, nor outside', async () => {
    const link = { symlink: '/etc/passwd' };
    await expect(open({ Dockerfile: link })).rejects.toMatchObject({
      code: 'FILE_REFUSED',
      message: expect.stringContaining('Dockerfile'),
    });
    await expect(open({ Dockerfile: 'x', '.dockerignore': link })).rejects.toMatchObject({
      code: 'FILE_REFUSED',
    });
    await expect(
      open({ 'a/Dockerfile': 'x', web: { symlink: 'a' } }, { context: 'web' }),
    ).rejects.toMatchObject({ code: 'FILE_REFUSED' });
    await expect(open({ Dockerfile: 'x' }, { context: '..' })).rejects.toMatchObject({
      code: 'FILE_REFUSED',
    });
    await expect(
      open({ Dockerfile: 'x', 'web/a': '' }, { context: 'web', dockerfile: '../Dockerfile' }),
    ).rejects.toMatchObject({
      code: 'CONTEXT_REFUSED',
    });
  });

  it('threat 13: too many files, or too many bytes, are refused before anything is sent', async () => {
    const files = { Dockerfile: 'x', a: 'a'.repeat(1000), b: 'b', c: 'c' };
    await expect(open(files, {}, { maxEntries: 3 })).rejects.toMatchObject({
      code: 'CONTEXT_REFUSED',
      message: 'the build context has more than 3 files',
    });
    await expect(open(files, {}, { maxContextBytes: 500 })).rejects.toMatchObject({
      code: 'CONTEXT_REFUSED',
    });
  });

  it('threat 13: ten thousand million files in a few trees are refused in bounded time and memory', async () => {
    const repository = await createRepository(join(folder.path, 'bomb'));
    await repository.commit({ Dockerfile: 'x' });
    let entry = `100644 blob ${await repository.git('hash-object', '-w', 'Dockerfile')}`;
    for (let depth = 0; depth < 10; depth++) {
      const lines = Array.from({ length: 10 }, (_, index) => `${entry}\tf${index}\n`).join('');
      entry = `040000 tree ${await repository.gitWithInput(lines, 'mktree')}`;
    }
    const top = `${entry}\tbomb\n100644 blob ${await repository.git('rev-parse', 'HEAD:Dockerfile')}\tDockerfile\n`;
    const sha = await repository.git(
      'commit-tree',
      await repository.gitWithInput(top, 'mktree'),
      '-m',
      'bomb',
    );
    await repository.git('update-ref', 'refs/heads/main', sha);
    const source = new GitSource({ dataDir: join(folder.path, 'bomb-data') });
    await source.fetchBranch(repository.url, 'main', never);
    const spec = { context: '.', dockerfile: 'Dockerfile', args: {} };
    await expect(source.openContext(repository.url, sha, spec, never)).rejects.toMatchObject({
      code: 'CONTEXT_REFUSED',
    });
  });

  it('stops git when nobody reads on, and fails when it is aborted', async () => {
    const large = { Dockerfile: 'x', large: randomBytes(8_000_000) };
    const unread = await open(large);
    await once(unread, 'readable');
    unread.destroy();
    await once(unread, 'close');
    const abort = new AbortController();
    const aborted = await open(large, {}, {}, abort.signal);
    const failed = once(aborted, 'error');
    abort.abort();
    await expect(failed).resolves.toEqual([expect.any(Error)]);
  });
});
