import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/**
 * Writes a new file for its owner alone; once this resolves it is on the disk, and its name is when its folder was synced.
 * @returns its length in bytes and its SHA-256 in lower-case hex @throws Error when there is such a file, of the file system,
 *   and what reading `chunks` throws
 */
export async function writeDurably(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Puts the names in a folder on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
