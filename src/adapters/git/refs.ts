import { createHash } from 'node:crypto';

/** Longer names do not fit into a file name of the mirror, nor into anyone's head. */
const maxBranchBytes = 255;

/**
 * Whether git would accept this as a branch's name (git-check-ref-format(1), rules 1 to 10, and `--branch`,
 * which forbids a leading dash).
 * @param name without `refs/heads/`
 */
export function isBranchName(name: string): boolean {
  if (name === '' || Buffer.byteLength(name) > maxBranchBytes) return false;
  if (name === '@' || name === 'HEAD' || name.startsWith('-')) return false;
  if (/[\p{Cc} ~^:?*[\\]/u.test(name) || name.includes('..') || name.includes('@{')) return false;
  if (name.endsWith('.')) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/**
 * Where the mirror keeps a branch's head. Hashed, so that a branch `a` that was deleted never stands in the way
 * of a new branch `a/b`, as it would among refs/heads.
 */
export const mirrorRef = (branch: string): string =>
  `refs/siskin/branches/${createHash('sha256').update(branch).digest('hex')}`;

/** Keeps a commit that was fetched by its id. */
export const commitRef = (sha: string): string => `refs/siskin/commits/${sha}`;
