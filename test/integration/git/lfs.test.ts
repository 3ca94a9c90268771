import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GitSource, type GitSourceOptions } from '../../../src/adapters/git/git-source.ts';
import { filesWith } from '../../support/files-with.ts';
import { readContext } from '../../support/git-context.ts';
import { type GitHttps, startGitHttps } from '../../support/git-https.ts';
import { createRepository, type TestRepository, temporaryFolder } from '../../support/git-repository.ts';
import { startGitSshd } from '../../support/git-sshd.ts';
import { LfsServer } from '../../support/lfs-server.ts';

const never = new AbortController().signal;
const token = 'planted-token-0123456789';
const build = { context: '.', dockerfile: 'Dockerfile', args: {} };
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: GitHttps;
let lfs: LfsServer;
let app: TestRepository;
let url: string;
let count = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startGitHttps(join(folder.path, 'tls'), join(folder.path, 'root'));
  lfs = new LfsServer(server);
  app = await createRepository(join(folder.path, 'root', 'app'));
  url = server.url('app/.git');
});
beforeEach(() => {
  server.tokens.clear();
  server.tokens.add(token);
  lfs.downloads.length = 0;
  lfs.batches = 0;
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

const newSource = (options: Partial<GitSourceOptions> = {}) =>
  new GitSource({
    dataDir: join(folder.path, `data-${count++}`),
    environment: { PATH: process.env.PATH, ...server.environment },
    access: () => ({ lfs: true }),
    credentials: async () => ({ username: 'x-access-token', password: token }),
    ...options,
  });

async function contextOf(source: GitSource, sha: string, notes: string[] = []) {
  await source.commit(url, sha, never);
  return await readContext(await source.openContext(url, sha, build, never, (line) => notes.push(line)));
}

/** A commit of these files and no others. */
async function commit(files: Record<string, string>): Promise<string> {
  await app.git('rm', '-r', '--quiet', '--ignore-unmatch', '.');
  return await app.commit({ Dockerfile: 'FROM scratch\n', ...files });
}
const text = (bytes: number): Buffer => Buffer.from(randomBytes(bytes / 2).toString('hex'));

describe('Git LFS', () => {
  it('files stand in the context instead of their pointers, and are fetched once', async () => {
    const content = text(300_000);
    const pointer = lfs.keep(content);
    const source = newSource();
    const sha = await commit({ 'assets/a.bin': pointer, 'b.bin': pointer, 'small.txt': 'x'.repeat(130) });
    const files = await contextOf(source, sha);
    expect(files['assets/a.bin']).toBe(content.toString());
    expect(files['b.bin']).toBe(content.toString());
    expect(files['small.txt']).toBe('x'.repeat(130));
    expect(lfs.downloads).toHaveLength(1);
    await contextOf(source, sha);
    expect({ downloads: lfs.downloads.length, batches: lfs.batches }).toEqual({ downloads: 1, batches: 1 });
  });

  it('are asked for a hundred at a time', async () => {
    const files = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`f${n}`, lfs.keep(text(200))]));
    const found = await contextOf(newSource(), await commit(files));
    expect(Object.values(found).filter((content) => content.startsWith('version https://git-lfs'))).toEqual(
      [],
    );
    expect({ downloads: lfs.downloads.length, batches: lfs.batches }).toEqual({ downloads: 150, batches: 2 });
  });

  it('threat 24: the token goes to the repository’s host only, the objects’ to theirs, and none to a file', async () => {
    const source = newSource({ dataDir: join(folder.path, 'traces') });
    await contextOf(source, await commit({ t: lfs.keep(text(500)) }));
    expect(lfs.downloads.map(({ authorization }) => authorization)).toEqual([`Bearer ${lfs.objectToken}`]);
    const elsewhere = server.requests.filter(({ host }) => host.startsWith('127.0.0.1'));
    expect(elsewhere.length).toBeGreaterThan(0);
    const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
    expect(elsewhere.filter(({ authorization }) => authorization?.includes(basic))).toEqual([]);
    expect(
      await filesWith(join(folder.path, 'traces'), [token, lfs.objectToken, `x-access-token:${token}`]),
    ).toEqual([]);
  });

  it('stay pointers without opt-in, and the log says so', async () => {
    const pointer = lfs.keep(text(500));
    const notes: string[] = [];
    const files = await contextOf(
      newSource({ access: () => undefined }),
      await commit({ a: pointer, b: 'no' }),
      notes,
    );
    expect(files.a).toBe(pointer);
    expect(notes).toEqual([
      'the content of 1 Git LFS file is missing in the build context (a): git.lfs is not set in siskin.yaml',
    ]);
    expect(lfs.batches).toBe(0);
  });

  it('are refused when they are missing, other than the pointer says, or the token is revoked', async () => {
    const missing = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`;
    const gone = await commit({ a: missing });
    await expect(contextOf(newSource(), gone)).rejects.toMatchObject({
      code: 'LFS_UNAVAILABLE',
      message: expect.stringMatching(/does not have the object 0{64}: 404/),
    });
    for (const change of [
      (good: Buffer) => Buffer.concat([good, good]),
      (good: Buffer) => good.subarray(1),
      (good: Buffer) => Buffer.alloc(good.length),
    ]) {
      const good = text(1000);
      const pointer = lfs.keep(good);
      const oid = /[0-9a-f]{64}/.exec(pointer)?.[0] ?? '';
      lfs.objects.set(oid, change(good));
      const dataDir = join(folder.path, `bad-${count++}`);
      await expect(contextOf(newSource({ dataDir }), await commit({ a: pointer }))).rejects.toMatchObject({
        code: 'LFS_UNAVAILABLE',
        message: expect.stringContaining(oid),
      });
      const kept = await readdir(join(dataDir, 'git', 'lfs'), { recursive: true });
      expect(kept.filter((name) => name.includes(oid))).toEqual([]);
    }
    const source = newSource();
    const sha = await commit({ a: lfs.keep(text(1000)) });
    await source.commit(url, sha, never);
    server.tokens.clear();
    await expect(source.openContext(url, sha, build, never)).rejects.toMatchObject({
      code: 'SOURCE_TOKEN_REFUSED',
    });
  });

  it('threat 13: count for the context’s limit before they are fetched', async () => {
    const sha = await commit({ a: lfs.keep(text(200_000)) });
    await expect(contextOf(newSource({ maxContextBytes: 100_000 }), sha)).rejects.toMatchObject({
      code: 'CONTEXT_REFUSED',
    });
    expect(lfs.batches).toBe(0);
  });

  it('are fetched for a repository over ssh where git-lfs-authenticate says', async () => {
    const href = `${server.url('app/.git')}/info/lfs`;
    const header = { Authorization: `Basic ${Buffer.from(`ssh:${token}`).toString('base64')}` };
    const sshd = await startGitSshd(join(folder.path, 'sshd'), () =>
      JSON.stringify({ href, header, expires_in: 60 }),
    );
    try {
      const content = text(800);
      const sha = await commit({ a: lfs.keep(content) });
      const knownHosts = { lines: [await sshd.hostKeyLine()] };
      const source = newSource({ access: () => ({ lfs: true, deployKeyFile: sshd.key, knownHosts }) });
      const address = sshd.url(app.folder);
      await source.commit(address, sha, never);
      expect((await readContext(await source.openContext(address, sha, build, never))).a).toBe(
        content.toString(),
      );
    } finally {
      await sshd.stop();
    }
  });
});
