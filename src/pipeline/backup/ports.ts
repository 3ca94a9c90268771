import type { BackupManifest, DatabaseKind, SavedDatabase, SavedFile } from '../../domain/backup/manifest.ts';

export type Chunks = AsyncIterable<Uint8Array>;

/** A database and the container that it runs in. */
export interface DatabaseAt {
  name: string;
  /** The container's name, or `label=value`. */
  container: string;
  kind: DatabaseKind;
  database: string;
  user: string;
  passwordFile?: string;
}

export interface ServerFacts {
  kind: DatabaseKind;
  version: string;
  image: string;
  imageId: string;
}

/** Databases in containers. All throw SiskinError CONTAINER_MISSING, DOCKER_UNAVAILABLE. */
export interface Databases {
  facts(database: DatabaseAt): Promise<ServerFacts>;
  /**
   * Dumps it while `take` reads. Resolves only when the program ended well and what it wrote looks whole.
   * @throws SiskinError BACKUP_FAILED, what `take` throws
   */
  dump<T>(database: DatabaseAt, take: (chunks: Chunks) => Promise<T>): Promise<T>;
  /** @throws SiskinError RESTORE_FAILED */
  restore(database: DatabaseAt, dump: Chunks): Promise<void>;
  /**
   * Restores a dump into a container of its own, which is removed again, and counts what is in it.
   * @param dump opened anew each time
   * @throws SiskinError RESTORE_FAILED, RESTORE_REFUSED for a kind that cannot be tried
   */
  rehearse(saved: SavedDatabase, dump: () => Chunks): Promise<{ tables: number; rows: number }>;
}

/** Volumes as tar archives. All throw SiskinError VOLUME_MISSING, DOCKER_UNAVAILABLE. */
export interface Volumes {
  save<T>(volume: string, take: (tar: Chunks) => Promise<T>): Promise<T>;
  /** @throws SiskinError RESTORE_REFUSED while running containers use it */
  checkUnused(volume: string): Promise<void>;
  /** Replaces what is in the volume; makes it when there is none. @throws as checkUnused */
  restore(volume: string, tar: Chunks): Promise<void>;
}

/** A backup that is being written; nothing of it is seen until it is committed. */
export interface BackupDraft {
  /** Writes a file durably. @throws Error of the file system */
  write(file: string, chunks: Chunks): Promise<SavedFile>;
  commit(manifest: BackupManifest): Promise<void>;
  discard(): Promise<void>;
}

/** The folder of the backups. */
export interface BackupShelf {
  begin(id: string): Promise<BackupDraft>;
  /** The oldest first. */
  list(): Promise<BackupManifest[]>;
  /** @throws SiskinError BACKUP_MISSING, BACKUP_DAMAGED */
  find(id: string): Promise<BackupManifest>;
  /** @throws SiskinError BACKUP_DAMAGED when it is not what was written */
  verify(id: string, file: SavedFile): Promise<void>;
  open(id: string, file: SavedFile): Chunks;
  remove(id: string): Promise<void>;
}

/** Says how it goes, for a person who waits. */
export type Tell = (line: string) => void;
