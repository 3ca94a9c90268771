import { once } from 'node:events';
import { type GitCall, type GitProcess, spawnGit } from './git-runner.ts';

/** More than any commit of people; an answer that is cut is no answer. */
const mostPaths = 500_000;
const longestPath = 1 << 16;

/**
 * The first path that differs between two commits and fits. Renamed files count as removed here and added there.
 * @param from @param to full ids of commits that the mirror may not hold any more
 * @returns null when none does @throws Error when git cannot tell
 */
export async function firstChanged(
  call: GitCall,
  from: string,
  to: string,
  fits: (path: string) => boolean,
): Promise<string | null> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv'];
  const git = spawnGit([...args, from, to, '--'], call);
  git.stderr.resume();
  const closed = once(git, 'close');
  // reported by whoever waits for it below
  closed.catch(() => undefined);
  try {
    for await (const path of paths(git)) if (fits(path)) return path;
    const [code]: unknown[] = await closed;
    if (code !== 0) throw new Error(`git diff-tree ended with ${String(code)}`);
    return null;
  } finally {
    git.stdout.destroy();
    git.kill();
  }
}

async function* paths(git: GitProcess): AsyncGenerator<string> {
  let rest = '';
  let count = 0;
  git.stdout.setEncoding('utf8');
  for await (const chunk of git.stdout) {
    const parts = (rest + String(chunk)).split('\0');
    rest = parts.pop() ?? '';
    count += parts.length;
    if (count > mostPaths || rest.length > longestPath)
      throw new Error('more paths have changed than are looked at');
    yield* parts;
  }
}
