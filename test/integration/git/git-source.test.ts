import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GitSource, type GitSourceOptions } from '../../../src/adapters/git/git-source.ts';
import { isBranchName } from '../../../src/adapters/git/refs.ts';
import { createRepository, type TestRepository, temporaryFolder } from '../../support/git-repository.ts';

const never = new AbortController().signal;
const environment = { PATH: process.env.PATH };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: TestRepository;
let dataDirs = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  repository = await createRepository(join(folder.path, 'repository'));
  await repository.commit({ 'compose.yml': 'services: {}\n', 'web/app.js': 'first' }, 'First');
});
afterAll(() => folder.remove());

/** A source with a data directory of its own. */
const newSource = (options: Partial<GitSourceOptions> = {}) => {
  const dataDir = join(folder.path, `data-${dataDirs++}`);
  return { dataDir, source: new GitSource({ dataDir, environment, ...options }) };
};
const mirrors = async (dataDir: string) =>
  (await readdir(join(dataDir, 'git'))).filter((name) => name !== 'gitconfig');

describe('fetchBranch', () => {
  it('gives the head as people know it, and its files', async () => {
    const sha = await repository.commit(
      { 'web/app.js': 'second' },
      'Fix \x1b[31mthe\x1b[0m cart\n\nLong story',
    );
    const { source, dataDir } = newSource();
    expect(await source.fetchBranch(repository.url, 'main', never)).toEqual({
      sha,
      title: 'Fix the cart',
      author: 'Ada Tester',
    });
    expect(await source.readFile(repository.url, sha, './web/app.js', 100)).toBe('second');
    expect(await mirrors(dataDir)).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.git$/)]);
  });

  it('threat 5: follows a forced push backwards and still has the commit it took away', async () => {
    const { source } = newSource();
    const older = await repository.git('rev-parse', 'HEAD');
    const newer = await repository.commit({ 'web/app.js': 'third' }, 'Third');
    expect((await source.fetchBranch(repository.url, 'main', never)).sha).toBe(newer);
    await repository.forcePush(older);
    expect((await source.fetchBranch(repository.url, 'main', never)).sha).toBe(older);
    expect((await source.commit(repository.url, newer, never)).title).toBe('Third');
  });

  it('is not in the way of a branch a/b when a branch a was there before', async () => {
    const { source } = newSource();
    await repository.branch('a');
    await source.fetchBranch(repository.url, 'a', never);
    await repository.deleteBranch('a');
    await repository.branch('a/b');
    const sha = await repository.git('rev-parse', 'HEAD');
    expect((await source.fetchBranch(repository.url, 'a/b', never)).sha).toBe(sha);
    await repository.branch('main', 'main');
  });

  it('says which branch is missing', async () => {
    const { source } = newSource();
    await expect(source.fetchBranch(repository.url, 'nope', never)).rejects.toMatchObject({
      code: 'BRANCH_MISSING',
      message: expect.stringContaining('branch nope of file://'),
    });
  });

  it('runs at once from many callers and two processes as one after the other', async () => {
    const { dataDir } = newSource();
    // two sources share nothing but the disk, as two workers do
    const sources = [0, 1].map(() => new GitSource({ dataDir, environment }));
    const sha = await repository.git('rev-parse', 'main');
    const fetches = Array.from({ length: 4 }, () =>
      sources.map((source) => source.fetchBranch(repository.url, 'main', never)),
    );
    expect((await Promise.all(fetches.flat())).map((commit) => commit.sha)).toEqual(Array(8).fill(sha));
    expect(await mirrors(dataDir)).toHaveLength(1);
  });

  it('mends a mirror that a killed process left: locks, half a pack, half a mirror, its own lock', async () => {
    const { source, dataDir } = newSource();
    const sha = await repository.git('rev-parse', 'main');
    await source.fetchBranch(repository.url, 'main', never);
    const [name = ''] = await mirrors(dataDir);
    const mirror = join(dataDir, 'git', name);
    const dead = execFileSync('sh', ['-c', 'echo $$']).toString().trim();
    await writeFile(`${mirror}.lock`, JSON.stringify({ host: hostname(), pid: Number(dead), token: 'gone' }));
    await writeFile(join(mirror, 'packed-refs.lock'), '');
    await writeFile(join(mirror, 'objects/pack/tmp_pack_x'), 'half');
    await mkdir(`${mirror}.new-x`);
    expect((await source.fetchBranch(repository.url, 'main', never)).sha).toBe(sha);
    expect(await mirrors(dataDir)).toEqual([name]);
    expect(await readdir(join(mirror, 'objects/pack'))).not.toContain('tmp_pack_x');
    await expect(access(join(mirror, 'packed-refs.lock'))).rejects.toThrow();
  });

  it.each(['HEAD', 'objects', 'config'])('makes a mirror anew whose %s was destroyed', async (part) => {
    const { source, dataDir } = newSource();
    const { sha } = await source.fetchBranch(repository.url, 'main', never);
    const [name = ''] = await mirrors(dataDir);
    const path = join(dataDir, 'git', name, part);
    execFileSync('rm', ['-rf', path]);
    await writeFile(path, 'rubbish');
    expect((await source.fetchBranch(repository.url, 'main', never)).sha).toBe(sha);
    expect(await source.readFile(repository.url, sha, 'compose.yml', 100)).toBe('services: {}\n');
  });

  it('tidies without losing anything', async () => {
    const { source } = newSource();
    const { sha } = await source.fetchBranch(repository.url, 'main', never);
    await source.tidy(repository.url, never);
    expect(await source.readFile(repository.url, sha, 'compose.yml', 100)).toBe('services: {}\n');
  });

  it('threat 9: agrees with git itself on what a branch may be called, and gives git none of the others', async () => {
    const names = [
      'main',
      'a/b',
      'a..b',
      '-x',
      '--upload-pack=id',
      'a b',
      'a@{1}',
      'a\nb',
      '@',
      'a.lock',
      '.a',
      'a/',
      'ü',
      'a~',
      'x^',
    ];
    const { source, dataDir } = newSource();
    for (const name of names) {
      const accepted = await repository.git('check-ref-format', '--branch', name).then(
        () => true,
        () => false,
      );
      expect([name, isBranchName(name)]).toEqual([name, accepted && name !== '@']);
      if (accepted) continue;
      await expect(source.fetchBranch(repository.url, name, never)).rejects.toMatchObject({
        code: 'BRANCH_MISSING',
      });
    }
    await expect(access(join(dataDir, 'git'))).rejects.toThrow();
  });

  it('threat 10: reaches nothing through git transports that the operator did not name', async () => {
    const { source, dataDir } = newSource();
    const proof = join(folder.path, 'proof');
    for (const url of [`ext::sh -c "touch ${proof}"`, `ssh://-oProxyCommand=touch${proof}/x`, `fd::0`])
      await expect(source.fetchBranch(url, 'main', never)).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    await expect(access(proof)).rejects.toThrow();
    await expect(access(join(dataDir, 'git'))).rejects.toThrow();
  });

  it('threat 11: no hook, filter, submodule or configuration of user or repository acts', async () => {
    const proof = join(folder.path, 'proof-11');
    const home = join(folder.path, 'home');
    await mkdir(home);
    await writeFile(
      join(home, '.gitconfig'),
      `[core]\n\thooksPath = ${home}\n[filter "x"]\n\tsmudge = touch ${proof}\n`,
    );
    await writeFile(join(home, 'reference-transaction'), `#!/bin/sh\ntouch ${proof}\n`, { mode: 0o755 });
    const hostile = await createRepository(join(folder.path, 'hostile'));
    const sha = await hostile.commit({
      '.gitattributes': '* filter=x export-subst eol=crlf\nsecret export-ignore\n',
      '.gitmodules': `[submodule "s"]\n\tpath = s\n\turl = ext::touch ${proof}\n`,
      Dockerfile: 'FROM $Format:%H$\n',
    });
    const { source } = newSource({
      environment: { ...environment, HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') },
    });
    await source.fetchBranch(hostile.url, 'main', never);
    expect(await source.readFile(hostile.url, sha, 'Dockerfile', 100)).toBe('FROM $Format:%H$\n');
    await expect(access(proof)).rejects.toThrow();
  });

  it('threat 13: a repository over the limit is refused, and its disk given back', async () => {
    const large = await createRepository(join(folder.path, 'large'));
    await large.commit({ blob: randomBytes(4_000_000) });
    const { source, dataDir } = newSource({ maxBytes: 1_000_000 });
    await expect(source.fetchBranch(large.url, 'main', never)).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
    });
    expect(await mirrors(dataDir)).toEqual([]);
  });
});

describe('a remote that does not answer', () => {
  let server: ReturnType<typeof createServer>;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  });
  afterAll(() => server.close());
  const url = () => `https://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;

  it('threat 13: is given up after the time-out, and nothing is left', async () => {
    const { source, dataDir } = newSource({ fetchTimeoutMs: 500 });
    await expect(source.fetchBranch(url(), 'main', never)).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: 'the fetch took longer than 0.5 s and was stopped',
    });
    expect(await mirrors(dataDir)).toEqual([]);
  });

  it('is given up when the deployment is: git and its helper end, and the connection with them', async () => {
    const { source } = newSource();
    const abort = new AbortController();
    const fetching = source.fetchBranch(url(), 'main', abort.signal);
    const [socket] = (await once(server, 'connection')) as [Socket];
    const closed = once(socket.resume(), 'close');
    abort.abort(new Error('superseded'));
    await expect(fetching).rejects.toThrow('superseded');
    await closed;
  });

  it('is told apart from one that refuses connections', async () => {
    const { source } = newSource();
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(
      source.fetchBranch(`https://ada:secret@127.0.0.1:${port}/x.git`, 'main', never),
    ).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.not.stringContaining('secret'),
    });
  });
});

describe('commit', () => {
  it('fetches a commit that the mirror does not hold', async () => {
    const other = await createRepository(join(folder.path, 'other'));
    await other.commit({ a: '1' });
    await other.branch('side');
    const sha = await other.commit({ a: '2' }, 'Only on the side');
    const { source } = newSource();
    await source.fetchBranch(other.url, 'main', never);
    expect((await source.commit(other.url, sha, never)).title).toBe('Only on the side');
  });

  it('says that a commit is missing, and never passes on what is none', async () => {
    const { source } = newSource();
    for (const sha of ['a'.repeat(40), 'main', '--all', `${'a'.repeat(39)}\n`])
      await expect(source.commit(repository.url, sha, never)).rejects.toMatchObject({
        code: 'COMMIT_MISSING',
      });
  });
});

describe('readFile', () => {
  it('tells why it does not read a path', async () => {
    const odd = await createRepository(join(folder.path, 'odd'));
    const sha = await odd.commit({ 'a/file': '12345', ':(glob)*': 'literal' });
    const { source } = newSource();
    await source.fetchBranch(odd.url, 'main', never);
    await expect(source.readFile(odd.url, sha, 'a/none', 10)).rejects.toMatchObject({ code: 'FILE_MISSING' });
    await expect(source.readFile(odd.url, sha, 'a', 10)).rejects.toMatchObject({ code: 'FILE_REFUSED' });
    await expect(source.readFile(odd.url, sha, 'a/file', 4)).rejects.toMatchObject({
      code: 'FILE_REFUSED',
      message: 'a/file is refused: it has 5 bytes, at most 4 are read',
    });
    expect(await source.readFile(odd.url, sha, ':(glob)*', 10)).toBe('literal');
  });

  it('threat 12: a symbolic link is refused by name, at the end of the path or in the middle', async () => {
    const linked = await createRepository(join(folder.path, 'linked'));
    const sha = await linked.commit({
      'compose.yml': { symlink: '/etc/passwd' },
      'real/file': 'x',
      folder: { symlink: 'real' },
    });
    const { source } = newSource();
    await source.fetchBranch(linked.url, 'main', never);
    for (const [path, named] of [
      ['compose.yml', 'compose.yml'],
      ['folder/file', 'folder'],
    ] as const)
      await expect(source.readFile(linked.url, sha, path, 100)).rejects.toMatchObject({
        code: 'FILE_REFUSED',
        message: `${named} is refused: it is a symbolic link`,
      });
  });
});
