import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupManifest,
  backupIdPattern,
  filesOf,
  type SavedFile,
} from '../../domain/backup/manifest.ts';
import type { RestoreNote } from '../../domain/backup/restore-notes.ts';
import { codeOf } from '../../domain/errors/code-of.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type {
  BackupDraft,
  BackupShelf,
  Chunks,
  DamagedBackup,
  ShelfContents,
} from '../../pipeline/backup/ports.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import { fileChunks } from './file-chunks.ts';
import { manifestSchema, restoreNotesSchema } from './manifest-schema.ts';

const longestManifest = 4 * 1024 * 1024;
const manifestFile = 'manifest.json';
const draftPrefix = '.draft-';
const restoresFile = '.restoring.json';

/**
 * Backups as folders of one folder, each with its manifest. A backup is written under another name and becomes one by being
 * renamed, after all of it is on the disk: whatever has a backup's name is whole.
 */
export class FileBackupShelf implements BackupShelf {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What a killed process left is removed: the caller holds the folder's lock. */
  async begin(id: string): Promise<BackupDraft> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await chmod(this.#folder, 0o700);
    for (const name of await readdir(this.#folder))
      if (name.startsWith(draftPrefix)) await rm(join(this.#folder, name), { recursive: true, force: true });
    const draft = join(this.#folder, `${draftPrefix}${id}`);
    await mkdir(draft, { mode: 0o700 });
    return {
      write: (file, chunks) => writeNonEmpty(join(draft, file), file, chunks),
      commit: async (manifest) => {
        // what could not be read again is no backup
        manifestSchema.parse(manifest);
        await writeDurably(join(draft, manifestFile), [Buffer.from(JSON.stringify(manifest, null, 2))]);
        await syncFolder(draft);
        await rename(draft, this.#of(id));
        await syncFolder(this.#folder);
      },
      discard: () => rm(draft, { recursive: true, force: true }),
    };
  }

  async list(): Promise<ShelfContents> {
    const names = await readdir(this.#folder).catch(noneWhenMissing);
    const backups: BackupManifest[] = [];
    const damaged: DamagedBackup[] = [];
    for (const id of names.filter((name) => backupIdPattern.test(name)).sort()) {
      try {
        const manifest = await this.find(id);
        for (const file of filesOf(manifest)) await this.#checkLength(id, file);
        backups.push(manifest);
      } catch (error) {
        damaged.push({ id, why: messageOf(error) });
      }
    }
    // names tell seconds only
    backups.sort((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt));
    return { backups, damaged };
  }

  async find(id: string): Promise<BackupManifest> {
    if (!backupIdPattern.test(id)) throw missing(id, this.#folder);
    const path = join(this.#of(id), manifestFile);
    try {
      if ((await stat(path)).size > longestManifest) throw damaged(id, manifestFile, 'is too long');
      const manifest = manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
      if (manifest.id !== id) throw damaged(id, manifestFile, `is the one of ${manifest.id}`);
      return manifest;
    } catch (error) {
      if (error instanceof SiskinError) throw error;
      if (isMissing(error) && !(await isThere(this.#of(id)))) throw missing(id, this.#folder);
      throw damaged(id, manifestFile, `cannot be read: ${messageOf(error)}`);
    }
  }

  async verify(id: string, { file, bytes, sha256 }: SavedFile): Promise<void> {
    const hash = createHash('sha256');
    let read = 0;
    try {
      for await (const chunk of fileChunks(join(this.#of(id), file))) {
        hash.update(chunk);
        read += chunk.length;
      }
    } catch (error) {
      throw damaged(id, file, `cannot be read: ${messageOf(error)}`);
    }
    if (read !== bytes) throw damaged(id, file, lengthWords(read, bytes));
    if (hash.digest('hex') !== sha256) throw damaged(id, file, 'has another checksum');
  }

  open(id: string, { file }: SavedFile): Chunks {
    return fileChunks(join(this.#of(id), file));
  }

  async remove(id: string): Promise<void> {
    if (!backupIdPattern.test(id)) throw missing(id, this.#folder);
    // under a draft's name first: what is left half-way is no backup, and goes when the next one begins
    const leaving = join(this.#folder, `${draftPrefix}${id}`);
    await rename(this.#of(id), leaving);
    await rm(leaving, { recursive: true, force: true });
  }

  async restoreNotes(): Promise<RestoreNote[]> {
    try {
      return restoreNotesSchema.parse(JSON.parse(await readFile(join(this.#folder, restoresFile), 'utf8')));
    } catch (error) {
      if (isMissing(error)) return [];
      const why = `${restoresFile}, which tells of restores that broke off, cannot be read: ${messageOf(error)}`;
      throw new SiskinError('BACKUP_DAMAGED', why, { cause: error });
    }
  }

  async writeRestoreNotes(notes: readonly RestoreNote[]): Promise<void> {
    const path = join(this.#folder, restoresFile);
    const draft = `${path}.draft`;
    await rm(draft, { force: true });
    await writeDurably(draft, [Buffer.from(JSON.stringify(notes))]);
    await rename(draft, path);
    await syncFolder(this.#folder);
  }

  async #checkLength(id: string, { file, bytes }: SavedFile): Promise<void> {
    const found = await stat(join(this.#of(id), file)).catch((error: unknown) => {
      throw damaged(id, file, `cannot be read: ${messageOf(error)}`);
    });
    if (found.size !== bytes) throw damaged(id, file, lengthWords(found.size, bytes));
  }

  #of(id: string): string {
    return join(this.#folder, id);
  }
}

async function writeNonEmpty(path: string, file: string, chunks: Chunks): Promise<SavedFile> {
  const written = await writeDurably(path, chunks);
  if (written.bytes === 0) throw new SiskinError('BACKUP_FAILED', `${file} would be empty`);
  return { file, ...written };
}

const lengthWords = (found: number, wanted: number): string => `has ${found} bytes instead of ${wanted}`;

const damaged = (id: string, file: string, why: string): SiskinError =>
  new SiskinError('BACKUP_DAMAGED', `${id}: ${file} ${why}`);

const missing = (id: string, folder: string): SiskinError =>
  new SiskinError('BACKUP_MISSING', `there is no backup ${id.slice(0, 60)} in ${folder}`);

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => !isMissing(error),
  );

function noneWhenMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}
