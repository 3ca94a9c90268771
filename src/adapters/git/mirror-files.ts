import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runGit } from './git-runner.ts';

/**
 * Makes an empty bare repository at `folder`, or none at all: it is made beside it and renamed.
 * @param environment tells git's environment for a given repository folder
 */
export async function createMirror(
  folder: string,
  environment: (mirror: string) => Record<string, string>,
): Promise<void> {
  const draft = `${folder}.new-${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  try {
    await runGit(['init', '--quiet', '--bare'], { folder: draft, environment: environment(draft) });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

export async function mirrorExists(folder: string): Promise<boolean> {
  try {
    await access(join(folder, 'HEAD'));
    return true;
  } catch {
    // not there, or not readable: then making it anew tells why
    return false;
  }
}

/** Takes away what a killed git left: its locks and half-received packs, and half-made mirrors. Only under the mirror's lock. */
export async function sweep(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const item of await list(parent))
    if (item.name.startsWith(`${basename(folder)}.new-`)) await remove(join(parent, item.name));
  for (const item of await list(folder, true)) {
    const path = join(item.parentPath, item.name);
    if (isLeftOver(path.slice(folder.length + 1), item)) await remove(path);
  }
}

function isLeftOver(path: string, item: Dirent): boolean {
  if (path.startsWith('objects/'))
    return /\/(tmp_|\.tmp-|incoming-)[^/]*$/.test(path) || (item.isFile() && path.endsWith('.lock'));
  return item.isFile() && path.endsWith('.lock');
}

/** Bytes on disk below the folder. Files that vanish while it looks count nothing: git renames them all the time. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const item of await list(folder, true)) {
    if (!item.isFile()) continue;
    const file = await stat(join(item.parentPath, item.name)).catch(() => undefined);
    bytes += file?.size ?? 0;
  }
  return bytes;
}

export const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 3 });

/** Empty when the folder is not there, or vanished meanwhile. */
async function list(folder: string, recursive = false): Promise<Dirent[]> {
  return await readdir(folder, { withFileTypes: true, recursive }).catch(() => []);
}
