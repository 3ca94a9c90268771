import { statfs } from 'node:fs/promises';

/** The share of a folder's disk, 0 to 1, that Siskin's user may still write. @throws when there is no such folder */
export async function freeShare(folder: string): Promise<number> {
  const { bavail, blocks } = await statfs(folder);
  return blocks === 0 ? 0 : bavail / blocks;
}
