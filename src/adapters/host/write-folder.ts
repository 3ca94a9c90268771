import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from '../../domain/errors/code-of.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';

/** A file with its text, secrets put in. */
export interface RenderedFile {
  path: string;
  mode: number;
  text: string;
}

export interface WantedFile {
  path: string;
  place: 'new' | 'updated' | 'same' | 'beside';
}

/** Files written beside the folder that they are for: whole, and not yet in use. */
export interface StagedFolder {
  /** Absolute path of the files. */
  path: string;
  /**
   * Puts them into place: all at once where the folder is empty or not there yet, else those that are named.
   * @param wanted `beside`: as `PATH.new`, next to a file that is kept
   * @throws SiskinError HOST_FOLDER_UNWRITABLE
   */
  commit(wanted: readonly WantedFile[]): Promise<void>;
  /** Removes them; nothing when they are in place. */
  discard(): Promise<void>;
}

/**
 * Writes all files into a new folder beside `target`, so that they can be checked before anything changes there.
 * @throws SiskinError HOST_FOLDER_UNWRITABLE
 */
export async function stageFolder(target: string, files: readonly RenderedFile[]): Promise<StagedFolder> {
  const folder = resolve(target);
  const path = await mending(folder, async () => {
    await mkdir(dirname(folder), { recursive: true });
    return mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  });
  const discard = () => rm(path, { recursive: true, force: true });
  try {
    for (const { path: name, mode, text } of files) {
      await makeFolder(dirname(join(path, name)));
      await writeFile(join(path, name), text, { mode });
    }
  } catch (error) {
    await discard();
    throw unwritable(folder, error);
  }
  return { path, discard, commit: (wanted) => mending(folder, () => putInPlace(path, folder, wanted)) };
}

/** What is in a folder of that name may be readable for containers: the folder keeps everybody else out. */
const makeFolder = (path: string): Promise<string | undefined> =>
  mkdir(path, { recursive: true, ...(basename(path) === 'secrets' && { mode: 0o700 }) });

async function putInPlace(staged: string, folder: string, wanted: readonly WantedFile[]): Promise<void> {
  if ((await entries(folder)).length === 0) {
    // A new folder's rights are those of mkdtemp, 0700: the passwords in it are nobody else's.
    await rename(staged, folder);
    return;
  }
  for (const { path, place } of wanted) {
    await makeFolder(dirname(join(folder, path)));
    await rename(join(staged, path), join(folder, place === 'beside' ? `${path}.new` : path));
  }
}

/** Whether nothing is in the folder, or there is none. @throws SiskinError HOST_FOLDER_UNWRITABLE for what is no folder */
export const isEmptyFolder = async (folder: string): Promise<boolean> =>
  (await mending(folder, () => entries(folder))).length === 0;

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** A file's text; null when there is none. */
export async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The group that may use the engine's socket; null where there is none. */
export const groupOf = async (path: string): Promise<number | null> =>
  (await stat(path).catch(() => null))?.gid ?? null;

async function mending<T>(folder: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw unwritable(folder, error);
  }
}

const unwritable = (folder: string, error: unknown): SiskinError =>
  new SiskinError('HOST_FOLDER_UNWRITABLE', `${folder} cannot be written: ${messageOf(error)}.`, {
    cause: error,
  });

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
