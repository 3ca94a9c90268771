import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GitSource, type GitSourceOptions } from '../../../src/adapters/git/git-source.ts';
import { createRepository, type TestRepository, temporaryFolder } from '../../support/git-repository.ts';

const never = new AbortController().signal;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: TestRepository;
let dataDirs = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  repository = await createRepository(join(folder.path, 'repository'));
});
afterAll(() => folder.remove());

const newSource = (options: Partial<GitSourceOptions> = {}) => {
  const dataDir = join(folder.path, `data-${dataDirs++}`);
  return new GitSource({ dataDir, environment: { PATH: process.env.PATH }, ...options });
};

it('tells the heads of branches in one go, without a mirror; one that is not there has none', async () => {
  const main = await repository.commit({ file: '1' });
  await repository.branch('a/b');
  const side = await repository.commit({ file: '2' });
  // matches the pattern refs/heads/main of ls-remote, too
  await repository.branch('x/refs/heads/main');
  await repository.branch('main', main);
  const heads = await newSource().heads(repository.url, ['main', 'a/b', 'none'], never);
  expect([...heads]).toEqual([
    ['a/b', side],
    ['main', main],
  ]);
});

it('threat 9: gives git no name that is not a branch’s', async () => {
  const proof = join(folder.path, 'proof');
  const names = [`--upload-pack=touch ${proof}`, '-h', 'a*', 'main'];
  const heads = await newSource().heads(repository.url, names, never);
  expect([...heads.keys()]).toEqual(['main']);
  await expect(access(proof)).rejects.toThrow();
});

it('threat 10: asks nothing but https, ssh and files that the operator named', async () => {
  const proof = join(folder.path, 'proof-10');
  await expect(newSource().heads(`ext::sh -c "touch ${proof}"`, ['main'], never)).rejects.toMatchObject({
    code: 'SOURCE_REFUSED',
  });
  await expect(access(proof)).rejects.toThrow();
});

it('threat 11: reads no configuration of a repository around its data directory', async () => {
  const outer = await createRepository(join(folder.path, 'outer'));
  await outer.git('config', 'url./nowhere/.insteadOf', 'file:///');
  const source = newSource({ dataDir: join(outer.folder, 'data') });
  expect((await source.heads(repository.url, ['main'], never)).has('main')).toBe(true);
});

it('says what is wrong with a repository that is not there', async () => {
  const gone = `file://${folder.path}/gone`;
  await expect(newSource().heads(gone, ['main'], never)).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    message: expect.stringContaining('the branches of file://'),
  });
});

it('threat 13: gives a remote up that keeps silent, and when it is told to stop', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
  await expect(newSource({ headsTimeoutMs: 300 }).heads(url, ['main'], never)).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: expect.stringContaining('not told within 0.3 s'),
  });
  const abort = new AbortController();
  const asking = newSource().heads(url, ['main'], abort.signal);
  await once(server, 'connection');
  abort.abort(new Error('closing'));
  await expect(asking).rejects.toThrow('closing');
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('reads a commit’s whole message, but no more than 64 KiB of it', async () => {
  const source = newSource();
  await repository.commit({ file: '3' }, 'Wip ü\n\nLong story.\n\n[skip ci]');
  const head = await source.headCommit(repository.url, 'main', never);
  expect(head).toMatchObject({ title: 'Wip ü', author: 'Ada Tester' });
  expect(head.message).toBe('Wip ü\n\nLong story.\n\n[skip ci]\n');
  await repository.gitWithInput(`Long\n\n${'x'.repeat(300_000)}`, 'commit', '--allow-empty', '-q', '-F', '-');
  const long = await source.headCommit(repository.url, 'main', never);
  expect(long.message.startsWith('Long\n\nxxx')).toBe(true);
  expect(long.message.length).toBeLessThanOrEqual(64 * 1024);
});

it('threat 5: tells a branch that went on from one that was pushed backwards or elsewhere', async () => {
  const source = newSource();
  const older = await repository.commit({ file: '4' });
  const newer = await repository.commit({ file: '5' });
  await source.fetchBranch(repository.url, 'main', never);
  const contains = (sha: string, before: string) => source.contains(repository.url, sha, before, never);
  expect(await contains(newer, older)).toBe(true);
  expect(await contains(newer, newer)).toBe(true);
  expect(await contains(older, newer)).toBe(false);
  expect(await contains(newer, 'f'.repeat(40))).toBe(false);
  await expect(contains(newer, '--all')).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
});
