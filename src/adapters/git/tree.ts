import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { printable } from './git-failure.ts';
import { type GitCall, runGit } from './git-runner.ts';

/** One line of `git ls-tree --long -z`. */
export interface TreeEntry {
  path: string;
  kind: 'file' | 'executable' | 'symlink' | 'folder' | 'submodule';
  oid: string;
  /** Bytes; 0 for folders and submodules. */
  size: number;
}

const kinds: Record<string, TreeEntry['kind']> = {
  '100644': 'file',
  '100664': 'file',
  '100755': 'executable',
  '120000': 'symlink',
  '040000': 'folder',
  '160000': 'submodule',
};

/** @returns undefined for a line that git does not write */
export function parseTreeLine(line: string): TreeEntry | undefined {
  const match = /^(\d{6}) (?:blob|tree|commit) ([0-9a-f]{40})\s+(\d+|-)\t(.+)$/s.exec(line);
  const [, mode = '', oid = '', size = '', path = ''] = match ?? [];
  const kind = kinds[mode];
  return kind && { path, kind, oid, size: size === '-' ? 0 : Number(size) };
}

/**
 * Finds a path at a commit; no symbolic link is followed, not in the middle of the path either.
 * @param path relative to the repository's root, `/` between its parts
 * @throws SiskinError FILE_MISSING; FILE_REFUSED naming the path that is a symbolic link or a submodule
 */
export async function findEntry(call: GitCall, sha: string, path: string): Promise<TreeEntry> {
  const clean = cleanPath(path);
  if (clean === '') throw refused(path, "it is the repository's root");
  const parts = clean.split('/');
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const listing = await runGit(
    ['ls-tree', '-z', '--long', '--full-tree', '-t', sha, '--', ...prefixes],
    call,
  ).catch((cause: unknown) => {
    call.signal?.throwIfAborted();
    throw new SiskinError('COMMIT_MISSING', `the mirror cannot read commit ${sha}`, { cause });
  });
  const entries = listing.split('\0').flatMap((line) => parseTreeLine(line) ?? []);
  for (const prefix of prefixes) {
    const entry = entries.find((candidate) => candidate.path === prefix);
    if (entry?.kind === 'symlink') throw refused(prefix, 'it is a symbolic link');
    if (entry?.kind === 'submodule')
      throw refused(prefix, 'it is a submodule, and submodules are not fetched');
    if (entry && prefix === prefixes.at(-1)) return entry;
  }
  throw new SiskinError('FILE_MISSING', `there is no ${show(path)} at commit ${sha.slice(0, 12)}`);
}

/**
 * A regular file's text.
 * @throws SiskinError FILE_MISSING, FILE_REFUSED (also when it is larger than `maxBytes`)
 */
export async function readTextFile(
  call: GitCall,
  sha: string,
  path: string,
  maxBytes: number,
): Promise<string> {
  const entry = await findEntry(call, sha, path);
  if (entry.kind === 'folder') throw refused(path, 'it is a folder');
  if (entry.size > maxBytes) throw refused(path, `it has ${entry.size} bytes, at most ${maxBytes} are read`);
  return await runGit(['cat-file', 'blob', entry.oid], call);
}

/**
 * `./web//app/` → `web/app`.
 * @returns '' for the repository's root
 * @throws SiskinError FILE_REFUSED when it is absolute or leads out of the repository
 */
export function cleanPath(path: string): string {
  if (path.length > 4096 || path.includes('\0')) throw refused(path, 'it is no valid path');
  if (path.startsWith('/')) throw refused(path, 'it is absolute; write it relative to the repository');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.pop() === undefined) throw refused(path, 'it leads out of the repository');
    if (part !== '..') parts.push(part);
  }
  return parts.join('/');
}

const refused = (path: string, why: string): SiskinError =>
  new SiskinError('FILE_REFUSED', `${show(path)} is refused: ${why}`);

/** A repository's path, fit for a message. */
export const show = (path: string): string => printable(path).slice(0, 300);
