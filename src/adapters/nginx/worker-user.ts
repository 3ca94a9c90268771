import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/** The user of nginx's workers, where they are not our own. */
export interface WorkerUser {
  name: string;
  uid: number;
  gid: number;
}

/** @returns null where we are not root: then workers are what we are. @throws SiskinError FRONT_UNREADABLE: no such user */
export async function workerUser(name: string): Promise<WorkerUser | null> {
  if (process.getuid?.() !== 0) return null;
  return { name, uid: await idOf('-u', name), gid: await idOf('-g', name) };
}

async function idOf(which: '-u' | '-g', name: string): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)('id', [which, '--', name], { timeout: 5_000 });
    return Number(stdout.trim());
  } catch (cause) {
    const message = `There is no user ${name} for the front's workers.`;
    throw new SiskinError('FRONT_UNREADABLE', message, { hint: 'Set front.user in siskin.yaml.', cause });
  }
}

/** Makes a folder that workers may enter and read, and nobody else. */
export async function sharedFolder(path: string, user: WorkerUser | null): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o750 });
  if (user === null) return;
  await chown(path, 0, user.gid);
  await chmod(path, 0o750);
}

/** Lets workers pass through a folder of ours (not list it), such as dataDir. */
export async function letThrough(path: string, user: WorkerUser | null): Promise<void> {
  if (user === null) return;
  const found = await stat(path);
  if (canEnter(found, user)) return;
  await chown(path, found.uid, user.gid);
  await chmod(path, (found.mode & 0o7707) | 0o010);
}

/** @throws SiskinError FRONT_UNREADABLE naming the folder on the way that workers cannot enter */
export async function assertReachable(path: string, user: WorkerUser | null): Promise<void> {
  if (user === null) return;
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => null);
    if (found?.isDirectory() && !canEnter(found, user)) {
      throw new SiskinError(
        'FRONT_UNREADABLE',
        `${user.name} cannot enter ${folder}, which the front serves from.`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}

const canEnter = (found: { mode: number; uid: number; gid: number }, { uid, gid }: WorkerUser): boolean => {
  if (uid === 0) return true;
  if (found.uid === uid) return (found.mode & 0o100) !== 0;
  if (found.gid === gid) return (found.mode & 0o010) !== 0;
  return (found.mode & 0o001) !== 0;
};
