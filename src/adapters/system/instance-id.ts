import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const pattern = /^[0-9a-f-]{36}$/;

/**
 * The name of whoever works on a data directory, the same over its restarts: what it left in Redis when it was killed is
 * known by it. Written once. Call it under the directory's lock.
 * @throws Error of the file system
 */
export async function instanceId(dataDir: string): Promise<string> {
  const file = join(dataDir, 'instance-id');
  const known = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (pattern.test(known)) return known;
  const made = randomUUID();
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}
