import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupManifest, backupIdPattern, type SavedFile } from '../../domain/backup/manifest.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { BackupDraft, BackupShelf, Chunks } from '../../pipeline/backup/ports.ts';
import { manifestSchema } from './manifest-schema.ts';

const longestManifest = 4 * 1024 * 1024;
const manifestFile = 'manifest.json';
const draftPrefix = '.draft-';

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
      write: (file, chunks) => writeFile(join(draft, file), file, chunks),
      commit: async (manifest) => {
        await writeFile(join(draft, manifestFile), manifestFile, [
          Buffer.from(JSON.stringify(manifest, null, 2)),
        ]);
        await syncFolder(draft);
        await rename(draft, this.#of(id));
        await syncFolder(this.#folder);
      },
      discard: () => rm(draft, { recursive: true, force: true }),
    };
  }

  async list(): Promise<BackupManifest[]> {
    const names = (await readdir(this.#folder).catch(noneWhenMissing)).filter((name) =>
      backupIdPattern.test(name),
    );
    const found = await Promise.all(names.sort().map((name) => this.find(name).catch(() => null)));
    // names tell seconds only
    return found
      .filter((manifest) => manifest !== null)
      .sort((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt));
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
      if (isMissing(error)) throw missing(id, this.#folder);
      throw damaged(id, manifestFile, `cannot be read: ${messageOf(error)}`);
    }
  }

  async verify(id: string, { file, bytes, sha256 }: SavedFile): Promise<void> {
    const hash = createHash('sha256');
    let read = 0;
    try {
      for await (const chunk of createReadStream(join(this.#of(id), file))) {
        hash.update(chunk);
        read += chunk.length;
      }
    } catch (error) {
      throw damaged(id, file, `cannot be read: ${messageOf(error)}`);
    }
    if (read !== bytes) throw damaged(id, file, `has ${read} bytes instead of ${bytes}`);
    if (hash.digest('hex') !== sha256) throw damaged(id, file, 'has another checksum');
  }

  open(id: string, { file }: SavedFile): Chunks {
    return createReadStream(join(this.#of(id), file));
  }

  async remove(id: string): Promise<void> {
    if (!backupIdPattern.test(id)) throw missing(id, this.#folder);
    // the manifest first: what is left half-way is no backup
    await rm(join(this.#of(id), manifestFile), { force: true });
    await rm(this.#of(id), { recursive: true, force: true });
  }

  #of(id: string): string {
    return join(this.#folder, id);
  }
}

async function writeFile(
  path: string,
  file: string,
  chunks: Chunks | Iterable<Uint8Array>,
): Promise<SavedFile> {
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
  if (bytes === 0) throw new SiskinError('BACKUP_FAILED', `${file} would be empty`);
  return { file, bytes, sha256: hash.digest('hex') };
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const damaged = (id: string, file: string, why: string): SiskinError =>
  new SiskinError('BACKUP_DAMAGED', `${id}: ${file} ${why}`);

const missing = (id: string, folder: string): SiskinError =>
  new SiskinError('BACKUP_MISSING', `there is no backup ${id.slice(0, 60)} in ${folder}`);

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

function noneWhenMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}
