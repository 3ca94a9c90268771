import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GitSource, type GitSourceOptions } from '../../../src/adapters/git/git-source.ts';
import { readContext } from '../../support/git-context.ts';
import { type GitHttps, startGitHttps } from '../../support/git-https.ts';
import { createRepository, type TestRepository, temporaryFolder } from '../../support/git-repository.ts';
import { type GitSshd, startGitSshd } from '../../support/git-sshd.ts';

const never = new AbortController().signal;
const token = 'planted-token-0123456789';
const build = { context: '.', dockerfile: 'Dockerfile', args: {} };
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: GitHttps;
let app: TestRepository;
let lib: TestRepository;
let deep: TestRepository;
let count = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startGitHttps(join(folder.path, 'tls'), join(folder.path, 'root'));
  server.tokens.add(token);
  const root = (name: string) => createRepository(join(folder.path, 'root', name));
  [app, lib, deep] = [await root('app'), await root('lib'), await root('deep')];
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

const newSource = (options: Partial<GitSourceOptions> = {}) =>
  new GitSource({
    dataDir: join(folder.path, `data-${count++}`),
    environment: { PATH: process.env.PATH, ...server.environment },
    access: () => ({ submodules: { hosts: ['127.0.0.1'] } }),
    credentials: async () => ({ username: 'x-access-token', password: token }),
    ...options,
  });

/** Pins a commit of another repository at a path, as `git submodule add` would have, and commits. */
async function pin(
  repository: TestRepository,
  pins: Record<string, { sha: string; url: string }>,
  files = {},
) {
  const text = Object.entries(pins).map(
    ([path, { url }]) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`,
  );
  await repository.commit({ Dockerfile: 'FROM scratch\n', '.gitmodules': text.join(''), ...files });
  for (const [path, { sha }] of Object.entries(pins))
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${sha},${path}`);
  await repository.git('commit', '--quiet', '--message', 'pins');
  return await repository.git('rev-parse', 'HEAD');
}

async function contextOf(
  source: GitSource,
  sha: string,
  options: Partial<typeof build> = {},
  notes: string[] = [],
) {
  const url = server.url('app/.git');
  await source.commit(url, sha, never);
  return await readContext(
    await source.openContext(url, sha, { ...build, ...options }, never, (line) => notes.push(line)),
  );
}

describe('submodules', () => {
  it('are put below their paths, nested ones too, at the commits that are pinned', async () => {
    const bottom = await deep.commit({ 'deep.txt': 'deep' });
    const middle = await pin(
      lib,
      { inner: { sha: bottom, url: '../../deep/.git' } },
      { 'lib.txt': 'pinned', link: { symlink: 'lib.txt' } },
    );
    await lib.commit({ 'lib.txt': 'newer' });
    const sha = await pin(
      app,
      { 'vendor/lib': { sha: middle, url: server.url('lib/.git') } },
      { 'app.txt': 'app' },
    );
    const notes: string[] = [];
    expect(await contextOf(newSource(), sha, {}, notes)).toMatchObject({
      'app.txt': 'app',
      'vendor/lib/lib.txt': 'pinned',
      'vendor/lib/link': '-> lib.txt',
      'vendor/lib/inner/deep.txt': 'deep',
    });
    expect(notes).toEqual([]);
  });

  it('heed .dockerignore, and are found below the context’s folder', async () => {
    const inner = await lib.commit({ 'lib.txt': 'lib', 'secret.txt': 'no' });
    const pins = {
      'web/lib': { sha: inner, url: '../../lib/.git' },
      docs: { sha: inner, url: '../../lib/.git' },
    };
    const sha = await pin(app, pins, {
      'web/Dockerfile': 'FROM scratch\n',
      'web/.dockerignore': 'lib/secret.txt\n',
    });
    const files = await contextOf(newSource(), sha, { context: 'web' });
    expect(Object.keys(files).filter((name) => name.includes('docs'))).toEqual([]);
    expect(files['lib/lib.txt']).toBe('lib');
    expect(files).not.toHaveProperty('lib/secret.txt');
  });

  it('are left out without opt-in, and the log says so', async () => {
    const inner = await lib.commit({ 'lib.txt': 'lib' });
    const sha = await pin(app, { lib: { sha: inner, url: '../../lib/.git' } });
    const notes: string[] = [];
    const files = await contextOf(newSource({ access: () => undefined }), sha, {}, notes);
    expect(Object.keys(files).filter((name) => name.startsWith('lib/'))).toEqual([]);
    expect(notes).toEqual([
      'the content of 1 submodule is missing in the build context (lib): git.submodules is not set in siskin.yaml',
    ]);
  });

  it('threat 24: send the token to the host of the app’s repository, and to no other', async () => {
    const inner = await lib.commit({ 'lib.txt': 'lib' });
    // another name of the same machine is another host
    const sha = await pin(app, { lib: { sha: inner, url: server.url('lib/.git', '127.0.0.1') } });
    await expect(contextOf(newSource(), sha)).rejects.toMatchObject({ code: 'SOURCE_TOKEN_REFUSED' });
    const strange = server.requests.filter(({ host }) => host.startsWith('127.0.0.1'));
    expect(strange.length).toBeGreaterThan(0);
    expect(strange.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  it('threat 10: are not asked for at a host that the operator did not name, however deep', async () => {
    const inner = await deep.commit({ 'deep.txt': 'deep' });
    const middle = await pin(lib, { deep: { sha: inner, url: server.url('deep/.git', '127.0.0.1') } });
    const sha = await pin(app, { lib: { sha: middle, url: '../../lib/.git' } });
    server.requests.length = 0;
    const source = newSource({ access: () => ({ submodules: { hosts: ['elsewhere.example.com'] } }) });
    await expect(contextOf(source, sha)).rejects.toMatchObject({
      code: 'SUBMODULE_REFUSED',
      message: expect.stringContaining('127.0.0.1, which git.submodules.hosts of siskin.yaml does not name'),
    });
    expect(server.requests.filter(({ host }) => host.startsWith('127.0.0.1'))).toEqual([]);
  });

  it('threat 10, 11: are refused with addresses that are none of a host, before anything is fetched', async () => {
    const inner = await lib.commit({ 'lib.txt': 'lib' });
    const urls = [
      'ext::sh -c id',
      'file:///etc',
      '/etc',
      '--upload-pack=x',
      '../../../../x',
      'ssh://-oProxyCommand=x/y',
      'http://localhost/x',
      `https://u:p@localhost/x`,
    ];
    for (const url of urls) {
      const sha = await pin(app, { lib: { sha: inner, url: `"${url}"` } });
      server.requests.length = 0;
      await expect(contextOf(newSource(), sha), url).rejects.toMatchObject({ code: 'SUBMODULE_REFUSED' });
      expect(server.requests.filter(({ path }) => !path.startsWith('/app/'))).toEqual([]);
    }
  });

  it('threat 13: are bounded in depth and size, and say which is missing in .gitmodules', async () => {
    const self = await pin(app, {
      again: { sha: await app.commit({ Dockerfile: 'FROM scratch\n' }), url: './' },
    });
    let sha = self;
    for (let level = 0; level < 6; level++) sha = await pin(app, { again: { sha, url: '../.git' } });
    await expect(contextOf(newSource(), sha)).rejects.toMatchObject({
      code: 'SUBMODULE_REFUSED',
      message: expect.stringContaining('nested deeper than 5 levels'),
    });
    const inner = await lib.commit({ large: 'x'.repeat(10_000) });
    const large = await pin(app, { lib: { sha: inner, url: '../../lib/.git' } });
    await expect(contextOf(newSource({ maxContextBytes: 9_000 }), large)).rejects.toMatchObject({
      code: 'CONTEXT_REFUSED',
    });
    await app.commit({ '.gitmodules': '' });
    await app.git('update-index', '--add', '--cacheinfo', `160000,${inner},orphan`);
    await app.git('commit', '--quiet', '--message', 'orphan');
    await expect(contextOf(newSource(), await app.git('rev-parse', 'HEAD'))).rejects.toMatchObject({
      code: 'SUBMODULE_REFUSED',
      message: expect.stringMatching(/the submodule (lib|orphan) has no entry/),
    });
  });

  it('threat 24: a commit that another app has fetched is not read without being let in', async () => {
    const hidden = await createRepository(join(folder.path, 'root', 'hidden'));
    const inner = await hidden.commit({ 'hidden.txt': 'hidden' });
    const url = server.url('hidden/.git');
    let given: string | null = token;
    const source = newSource({
      credentials: async () => (given === null ? null : { username: 'x', password: given }),
    });
    await source.commit(url, inner, never);
    const sha = await pin(app, { hidden: { sha: inner, url } });
    await source.commit(server.url('app/.git'), sha, never);
    given = null;
    await expect(contextOf(source, sha)).rejects.toMatchObject({ code: 'SOURCE_TOKEN_REFUSED' });
  });
});

describe('submodules over ssh', () => {
  let sshd: GitSshd;
  beforeAll(async () => {
    sshd = await startGitSshd(join(folder.path, 'sshd'));
  });
  afterAll(() => sshd.stop());

  it('are fetched with the deploy key of the app on the same host', async () => {
    const inner = await lib.commit({ 'lib.txt': 'over ssh' });
    const sha = await pin(app, { lib: { sha: inner, url: '../lib' } });
    const knownHosts = { lines: [await sshd.hostKeyLine()] };
    const source = newSource({
      access: () => ({ submodules: { hosts: [] }, deployKeyFile: sshd.key, knownHosts }),
    });
    const url = sshd.url(app.folder);
    await source.commit(url, sha, never);
    const files = await readContext(await source.openContext(url, sha, build, never));
    expect(files['lib/lib.txt']).toBe('over ssh');
  });
});
