import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitSource } from '../../../src/adapters/git/git-source.ts';
import { createRepository, type TestRepository, temporaryFolder } from '../../support/git-repository.ts';

const never = new AbortController().signal;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: TestRepository;
let source: GitSource;

beforeAll(async () => {
  folder = await temporaryFolder();
  repository = await createRepository(join(folder.path, 'repository'));
  source = new GitSource({ dataDir: join(folder.path, 'data'), environment: { PATH: process.env.PATH } });
});
afterAll(() => folder.remove());

/** Commits, fetches, and all the paths that differ from a commit. */
async function changed(from: string, changes: Parameters<TestRepository['commit']>[0]): Promise<string[]> {
  const to = await repository.commit(changes);
  await source.fetchBranch(repository.url, 'main', never);
  return (await allChanged(from, to)).sort();
}

async function allChanged(from: string, to: string): Promise<string[]> {
  const seen: string[] = [];
  const collect = (path: string) => !seen.push(path);
  expect(await source.firstChanged(repository.url, { from, to }, collect, never)).toBeNull();
  return seen;
}

describe('what changed between two commits', () => {
  let first: string;
  beforeAll(async () => {
    first = await repository.commit({ 'web/a': '1', 'docs/b': '1', 'old name': '1\n2\n3\n' });
    await source.fetchBranch(repository.url, 'main', never);
  });

  it('is nothing for an empty commit', async () => {
    expect(await changed(first, {})).toEqual([]);
  });

  it('is every path, also odd ones, whatever the commits between', async () => {
    await repository.commit({ 'web/deep/c': '1', 'docs/b': '2' });
    expect(await changed(first, { 'docs/b': '1', 'odd "name"\n한글': '1', '-x': '1' })).toEqual([
      '-x',
      'odd "name"\n한글',
      'web/deep/c',
    ]);
  });

  it('is both names of a renamed file, and the name of a removed one', async () => {
    const before = await repository.git('rev-parse', 'HEAD');
    expect(await changed(before, { 'old name': null, 'new name': '1\n2\n3\n', 'web/a': null })).toEqual([
      'new name',
      'old name',
      'web/a',
    ]);
  });

  it('is looked at no further than to the first that fits', async () => {
    const head = await repository.git('rev-parse', 'HEAD');
    const asked: string[] = [];
    const found = await source.firstChanged(
      repository.url,
      { from: first, to: head },
      (path) => asked.push(path) > 0 && path.startsWith('new'),
      never,
    );
    expect(found).toBe('new name');
    expect(asked).not.toContain('web/a');
  });

  it('also backwards, as after a forced push', async () => {
    const head = await repository.git('rev-parse', 'HEAD');
    expect((await allChanged(head, first)).length).toBe((await allChanged(first, head)).length);
  });

  it('cannot be told of a commit that the mirror does not hold, or that is none', async () => {
    const to = await repository.git('rev-parse', 'HEAD');
    const ask = (from: string) => source.firstChanged(repository.url, { from, to }, () => true, never);
    await expect(ask('1'.repeat(40))).rejects.toThrow('git diff-tree ended with 128');
    await expect(ask('--output=/tmp/x')).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
  });
});
