import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../domain/errors/code-of.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

export interface FolderLockOptions {
  /** How often its holder shows that it lives, in ms. */
  beatMs?: number;
  /** How long a lock that nobody renews is looked at before it is taken over, in ms: several beats. */
  watchMs?: number;
}

/**
 * Does the work while nobody else does so in this folder, be it from this machine, from another that shares the folder, or
 * from a container, where process ids mean nothing: the holder writes a new word into the lock each few seconds, and who
 * finds a lock watches whether the word changes. So no clock is compared, and what a killed holder left is taken over.
 * @throws SiskinError BACKUP_RUNNING, what `work` throws
 */
export async function withFolderLock<T>(
  folder: string,
  work: () => Promise<T>,
  { beatMs = 2_000, watchMs = 7_000 }: FolderLockOptions = {},
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, '.in-use');
  let mine = randomUUID();
  if (!(await take(file, mine))) {
    await removeAbandoned(file, folder, watchMs);
    if (!(await take(file, mine))) throw running(folder);
  }
  // one that slept too long has lost the lock to another, whose word is left alone
  const isMine = async () => (await wordIn(file)) === mine;
  const renew = async () => {
    if (!(await isMine())) return clearInterval(beat);
    const next = randomUUID();
    // only where the file is: it must not come back after its end
    await writeFile(file, next, { flag: 'r+' });
    mine = next;
  };
  let renewing = Promise.resolve();
  // a beat that fails leaves the old word, and at the worst somebody takes the lock over
  const beat = setInterval(() => {
    renewing = renewing.then(renew).catch(() => undefined);
  }, beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await renewing;
    if (await isMine()) await rm(file, { force: true });
  }
}

async function take(file: string, word: string): Promise<boolean> {
  try {
    await writeFile(file, word, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @throws SiskinError BACKUP_RUNNING when its holder lives */
async function removeAbandoned(file: string, folder: string, watchMs: number): Promise<void> {
  const before = await wordIn(file);
  await sleep(watchMs);
  if ((await wordIn(file)) !== before) throw running(folder);
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(unlessGone);
  const another = (await wordIn(aside)) !== before;
  // somebody was faster, and it is his lock that was moved
  if (another) await link(aside, file).catch(unlessGone);
  await rm(aside, { force: true });
  if (another) throw running(folder);
}

const wordIn = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(unlessGone);

function unlessGone(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}

const running = (folder: string): SiskinError =>
  new SiskinError('BACKUP_RUNNING', `another process works on the backups in ${folder}`);
