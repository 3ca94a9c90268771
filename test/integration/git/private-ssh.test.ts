import { once } from 'node:events';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GitSource } from '../../../src/adapters/git/git-source.ts';
import type { RepositoryAccess } from '../../../src/adapters/git/repository-access.ts';
import { createRepository, type TestRepository, temporaryFolder } from '../../support/git-repository.ts';
import { type GitSshd, startGitSshd } from '../../support/git-sshd.ts';
import { ownCommandLines } from '../../support/processes.ts';

const never = new AbortController().signal;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: TestRepository;
let sshd: GitSshd;
let url: string;
let head: string;
let dataDirs = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  repository = await createRepository(join(folder.path, 'private'));
  head = await repository.commit({ file: 'private' });
  sshd = await startGitSshd(join(folder.path, 'sshd'));
  url = sshd.url(repository.folder);
});
afterAll(async () => {
  await sshd.stop();
  await folder.remove();
});

const plain: Record<string, string | undefined> = { PATH: process.env.PATH };
const sourceWith = (access: RepositoryAccess, environment = plain) =>
  new GitSource({
    dataDir: join(folder.path, `data-${dataDirs++}`),
    environment,
    access: () => access,
  });

const withKey = async (change: Partial<RepositoryAccess> = {}): Promise<GitSource> =>
  sourceWith({ deployKeyFile: sshd.key, knownHosts: { lines: [await sshd.hostKeyLine()] }, ...change });

/** A fetch and a look at the heads fail alike. */
async function expectRefused(source: GitSource, code: string, message: RegExp): Promise<void> {
  const expected = { code, message: expect.stringMatching(message) };
  await expect(source.fetchBranch(url, 'main', never)).rejects.toMatchObject(expected);
  await expect(source.heads(url, ['main'], never)).rejects.toMatchObject(expected);
}

it('fetches with a deploy key and a pinned host key', async () => {
  const source = await withKey();
  expect((await source.fetchBranch(url, 'main', never)).sha).toBe(head);
  expect((await source.heads(url, ['main'], never)).get('main')).toBe(head);
  expect(await source.readFile(url, head, 'file', 100)).toBe('private');
});

it('says that the key is the wrong one', async () => {
  await expectRefused(
    await withKey({ deployKeyFile: sshd.strangeKey }),
    'SOURCE_KEY_REFUSED',
    /Permission denied \(publickey\)/,
  );
});

it('offers no other key than the one given, whatever the agent holds', async () => {
  const socket = join(folder.path, 'agent');
  const agent = execa('ssh-agent', ['-D', '-a', socket], { reject: false });
  await once(agent, 'spawn');
  await expect
    .poll(() =>
      execa('ssh-add', ['-q', sshd.key], { env: { SSH_AUTH_SOCK: socket } }).then(
        () => 'added',
        () => 'not yet',
      ),
    )
    .toBe('added');
  const knownHosts = { lines: [await sshd.hostKeyLine()] };
  const environment = { PATH: process.env.PATH, SSH_AUTH_SOCK: socket };
  try {
    const own = sourceWith({ knownHosts }, environment);
    expect((await own.heads(url, ['main'], never)).get('main')).toBe(head);
    const given = sourceWith({ knownHosts, deployKeyFile: sshd.strangeKey }, environment);
    await expectRefused(given, 'SOURCE_KEY_REFUSED', /Permission denied/);
  } finally {
    agent.kill();
    await agent;
  }
});

it('says that a key is readable by others, or is none', async () => {
  const loose = join(folder.path, 'loose');
  await copyFile(sshd.key, loose);
  await chmod(loose, 0o644);
  await expectRefused(await withKey({ deployKeyFile: loose }), 'DEPLOY_KEY_UNUSABLE', /loose .*\(mode 644\)/);
  const none = join(folder.path, 'none');
  await expectRefused(await withKey({ deployKeyFile: none }), 'DEPLOY_KEY_UNUSABLE', /no such file/);
  const broken = join(folder.path, 'broken');
  await copyFile(`${sshd.key}.pub`, broken);
  await chmod(broken, 0o600);
  await expectRefused(await withKey({ deployKeyFile: broken }), 'DEPLOY_KEY_UNUSABLE', /Load key .*broken/);
});

it('believes no host whose key is not pinned', async () => {
  const other = (await sshd.hostKeyLine()).replace('127.0.0.1', 'elsewhere.example.com');
  await expectRefused(
    await withKey({ knownHosts: { lines: [other] } }),
    'HOST_KEY_UNKNOWN',
    /No ED25519 host key is known for \[127\.0\.0\.1\]/,
  );
});

it('says that there is no such repository', async () => {
  const source = await withKey();
  const gone = sshd.url(join(folder.path, 'gone'));
  await expect(source.heads(gone, ['main'], never)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
});

it('threat 24: names neither key nor its path in the arguments of git and ssh', async () => {
  const { arrived } = await sshd.hold();
  const fetching = (await withKey()).fetchBranch(url, 'main', never);
  const letGo = await arrived;
  const lines = [...(await ownCommandLines()).values()];
  await letGo();
  await fetching;
  expect(lines.filter((line) => line.startsWith('ssh -F '))).not.toEqual([]);
  expect(lines.filter((line) => line.includes('git fetch'))).not.toEqual([]);
  expect(lines.filter((line) => line.includes(sshd.key))).toEqual([]);
});

it('believes no host whose key has changed', async () => {
  const source = await withKey();
  await source.heads(url, ['main'], never);
  await sshd.changeHostKey();
  await expectRefused(
    source,
    'HOST_KEY_CHANGED',
    /\[127\.0\.0\.1\]:\d+ has another host key than the pinned one; its ED25519 fingerprint is SHA256:\S+$/,
  );
  expect((await (await withKey()).heads(url, ['main'], never)).get('main')).toBe(head);
});
