import { posix } from 'node:path';

export const repositoryPathExpected = 'a path inside of the repository, relative and without leading dash';

/**
 * A relative path that stays inside, by its text alone (symbolic links are the git adapter's).
 * @param from the folder that it is relative to, itself relative to the same root
 * @returns the normalised path from the root, `.` for the root; undefined when it leaves the root or is odd
 */
export function repositoryPath(path: string, from = '.'): string | undefined {
  if (path === '' || path.length > 512 || path.startsWith('-') || path.startsWith('~')) return undefined;
  if (/[\p{Cc}\\]/u.test(path) || /^[A-Za-z][\w+.-]*:|^git@/.test(path) || posix.isAbsolute(path))
    return undefined;
  const normal = posix.normalize(posix.join(from, path)).replace(/(?<=.)\/$/, '');
  if (normal === '..' || normal.startsWith('../') || normal.startsWith('-')) return undefined;
  return normal.split('/').includes('.git') ? undefined : normal;
}

/** An absolute path of the host or a container, normalised, without trailing slash; undefined when it is none. */
export function absolutePath(path: string): string | undefined {
  if (!posix.isAbsolute(path) || path.length > 1024 || /[\p{Cc}:,]/u.test(path)) return undefined;
  return posix
    .normalize(path)
    .replace(/^\/+/, '/')
    .replace(/(?<=.)\/$/, '');
}
