import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GitSource } from '../../../src/adapters/git/git-source.ts';
import { filesWith } from '../../support/files-with.ts';
import { type GitHttps, startGitHttps } from '../../support/git-https.ts';
import { createRepository, type TestRepository, temporaryFolder } from '../../support/git-repository.ts';
import { ownCommandLines } from '../../support/processes.ts';

const never = new AbortController().signal;
const token = 'planted-token-0123456789';
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: TestRepository;
let server: GitHttps;
let url: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  repository = await createRepository(join(folder.path, 'root', 'private'));
  server = await startGitHttps(join(folder.path, 'tls'), join(folder.path, 'root'));
  server.tokens.add(token);
  url = server.url('private/.git');
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

/** @param given asked before each call, as the wiring does */
const sourceWith = (dataDir: string, given: () => string | null) =>
  new GitSource({
    dataDir: join(folder.path, dataDir),
    environment: { PATH: process.env.PATH, ...server.environment },
    credentials: async () => {
      const password = given();
      return password === null ? null : { username: 'x-access-token', password };
    },
  });

it('fetches with a token that is asked for before each call', async () => {
  const head = await repository.commit({ file: '1' });
  let asked = 0;
  const source = sourceWith('asked', () => (asked++ < 99 ? token : null));
  expect((await source.fetchBranch(url, 'main', never)).sha).toBe(head);
  expect((await source.heads(url, ['main'], never)).get('main')).toBe(head);
  expect(await source.readFile(url, head, 'file', 100)).toBe('1');
  expect(asked).toBe(2);
});

it('says that a token is missing, wrong or revoked', async () => {
  await repository.commit({ file: '2' });
  const refused = { code: 'SOURCE_TOKEN_REFUSED', message: expect.stringContaining(`of ${url}`) };
  await expect(sourceWith('missing', () => null).fetchBranch(url, 'main', never)).rejects.toMatchObject(
    refused,
  );
  await expect(sourceWith('wrong', () => 'wrong-one').heads(url, ['main'], never)).rejects.toMatchObject(
    refused,
  );
  const source = sourceWith('revoked', () => token);
  await source.fetchBranch(url, 'main', never);
  server.tokens.delete(token);
  const failure = source.fetchBranch(url, 'main', never);
  await expect(failure).rejects.toMatchObject(refused);
  await expect(failure).rejects.not.toThrow(token);
  server.tokens.add('planted-token-renewed');
  const renewed = sourceWith('revoked', () => 'planted-token-renewed');
  expect((await renewed.heads(url, ['main'], never)).size).toBe(1);
  server.tokens.add(token);
});

it('says that there is no such repository', async () => {
  const source = sourceWith('gone', () => token);
  const gone = server.url('gone.git');
  await expect(source.fetchBranch(gone, 'main', never)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
});

it('threat 24: the token is in no argument, no file, no address, and goes to its host only', async () => {
  await repository.commit({ file: '3' });
  server.requests.length = 0;
  const source = sourceWith('traces', () => token);
  let seen: string[] = [];
  server.gate = async () => {
    seen = [...seen, ...(await ownCommandLines()).values()];
  };
  await source.fetchBranch(url, 'main', never);
  server.gate = async () => {};
  expect(seen.filter((line) => line.includes('remote-https'))).not.toEqual([]);
  const encoded = Buffer.from(`x-access-token:${token}`).toString('base64');
  expect(seen.filter((line) => line.includes(token) || line.includes(encoded))).toEqual([]);
  expect(server.requests.some(({ authorization }) => authorization === `Basic ${encoded}`)).toBe(true);
  expect(server.requests.filter(({ path }) => path.includes(token))).toEqual([]);
  expect(await filesWith(join(folder.path, 'traces'), [token, `x-access-token:${token}`])).toEqual([]);
  // the search itself finds what is there
  expect(await filesWith(join(folder.path, 'root'), ['refs/heads/main'])).not.toEqual([]);
});
