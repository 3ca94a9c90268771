import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readBoundedFile } from '../bounded-file.ts';
import { longestYamlBytes } from '../yaml-text.ts';

/**
 * Which siskin.yaml a host's folder has: Compose does not see that a file which containers mount is another one.
 * @returns its SHA-256 in hex @throws SiskinError HOST_FOLDER_MISSING
 */
export async function configDigest(folder: string): Promise<string> {
  const file = join(folder, 'siskin.yaml');
  const text = await readBoundedFile(file, longestYamlBytes, 'HOST_FOLDER_MISSING');
  return createHash('sha256').update(text).digest('hex');
}
