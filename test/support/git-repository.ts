import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';

/** A file's text, or a symbolic link's target, or null to delete it. */
export type Change = string | Buffer | { symlink: string } | { text: string; executable: true } | null;

/** A real git repository in a folder of its own, to push to and to fetch from. */
export interface TestRepository {
  /** What siskin.yaml would say: a `file://` address. */
  url: string;
  folder: string;
  /** Commits changes by path on top of the branch that is checked out. @returns the commit's full id */
  commit(changes: Record<string, Change>, message?: string): Promise<string>;
  /** Makes the branch at `from` (default: the commit checked out), or moves it there, and checks it out. */
  branch(name: string, from?: string): Promise<void>;
  /** What a forced push does: moves the branch that is checked out to another commit. */
  forcePush(sha: string): Promise<void>;
  deleteBranch(name: string): Promise<void>;
  git(...args: string[]): Promise<string>;
  gitWithInput(input: string, ...args: string[]): Promise<string>;
}

/**
 * Makes an empty repository at `folder` with the branch `main` checked out.
 * @param folder need not exist; the caller removes it
 */
export async function createRepository(folder: string): Promise<TestRepository> {
  await mkdir(folder, { recursive: true });
  const gitWithInput = async (input: string, ...args: string[]): Promise<string> => {
    const { stdout } = await execa('git', args, {
      cwd: folder,
      env: testEnvironment,
      extendEnv: false,
      input,
    });
    return stdout;
  };
  const git = async (...args: string[]): Promise<string> => await gitWithInput('', ...args);
  await git('init', '--quiet', '--initial-branch=main');
  return {
    url: pathToFileURL(folder).href,
    folder,
    git,
    gitWithInput,
    async commit(changes, message = 'A change') {
      for (const [path, change] of Object.entries(changes)) await apply(join(folder, path), change);
      await git('add', '--all', '--force');
      await git('commit', '--quiet', '--allow-empty', '--message', message);
      return await git('rev-parse', 'HEAD');
    },
    async branch(name, from = 'HEAD') {
      await git('checkout', '--quiet', '-B', name, from);
    },
    async forcePush(sha) {
      await git('reset', '--quiet', '--hard', sha);
    },
    async deleteBranch(name) {
      await git('checkout', '--quiet', '--detach');
      await git('branch', '--delete', '--force', name);
    },
  };
}

/** A fresh folder below the system's temporary one; `remove` takes it away. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'siskin-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The user's own git configuration, signing and hooks must not change what a test sees. */
const testEnvironment = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada Tester',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Tester',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

async function apply(path: string, change: Change): Promise<void> {
  await rm(path, { recursive: true, force: true });
  if (change === null) return;
  await mkdir(dirname(path), { recursive: true });
  if (typeof change === 'string' || Buffer.isBuffer(change)) await writeFile(path, change);
  else if ('symlink' in change) await symlink(change.symlink, path);
  else await writeFile(path, change.text, { mode: 0o755 });
}
