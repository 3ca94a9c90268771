import { randomUUID } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { AuditNote } from '../../domain/audit.ts';
import { actorKinds } from '../../domain/deployment.ts';
import { codeOf } from '../../domain/errors/code-of.ts';

/**
 * What the command line did without the server waits in dataDir, a file for each entry: written whole or not at all,
 * and taken in without a moment in which another could be lost.
 */
const folderOf = (dataDir: string): string => join(dataDir, 'audit-pending');

const noteSchema = z.strictObject({
  at: z.iso.datetime(),
  actor: z.strictObject({ kind: z.enum(actorKinds), name: z.string().max(100) }),
  from: z.string().max(255).nullable(),
  action: z.string().max(40),
  detail: z.record(z.string(), z.unknown()),
});
const longestNote = 64 * 1024;

/**
 * Notes an entry durably. Root leaves it to the owner of dataDir, so that Siskin can read it.
 * @throws Error of the file system, ENOENT where there is no dataDir; TypeError for a note of more than 64 KB
 */
export async function notePending(dataDir: string, note: AuditNote): Promise<void> {
  const text = JSON.stringify(note);
  if (text.length > longestNote) throw new TypeError('the audit entry is longer than 64 KB');
  const folder = folderOf(dataDir);
  await stat(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = `${note.at.replace(/\D/g, '')}-${randomUUID()}`;
  const part = join(folder, `.${name}.part`);
  const handle = await open(part, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (process.getuid?.() === 0) await giveTo(dataDir, [folder, part]);
  await rename(part, join(folder, `${name}.json`));
}

async function giveTo(dataDir: string, paths: readonly string[]): Promise<void> {
  const { uid, gid } = await stat(dataDir);
  for (const path of paths) await chown(path, uid, gid);
}

/**
 * Hands over what waits, the oldest first, and removes each after it was taken. What `take` throws ends it; the rest
 * waits on.
 * @param take is given the entry's own id: it must take a second time in which the first had not ended
 * @param onUnreadable told of a file that holds no entry; it is left where it is
 * @returns how many were taken
 */
export async function takePending(
  dataDir: string,
  take: (id: string, note: AuditNote) => Promise<unknown>,
  onUnreadable: (file: string) => void,
): Promise<number> {
  const folder = folderOf(dataDir);
  let taken = 0;
  for (const name of (await namesIn(folder)).filter((one) => one.endsWith('.json')).sort()) {
    const file = join(folder, name);
    const note = await readNote(file);
    if (note === null) {
      onUnreadable(file);
      continue;
    }
    await take(name.replace(/\.json$/, ''), note);
    await unlink(file);
    taken += 1;
  }
  return taken;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readNote(file: string): Promise<AuditNote | null> {
  try {
    if ((await stat(file)).size > longestNote * 4) return null;
    return noteSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
