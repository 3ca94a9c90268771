import type { BackupManifest, DatabaseKind, SavedDatabase, SavedFile } from '../../domain/backup/manifest.ts';
import type { RestoreNote } from '../../domain/backup/restore-notes.ts';

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
  write: (file: string, chunks: Chunks) => Promise<SavedFile>;
  commit(manifest: BackupManifest): Promise<void>;
  discard(): Promise<void>;
}

/** What has a backup's name and cannot be restored. */
export interface DamagedBackup {
  id: string;
  /** What is wrong with it, in words. */
  why: string;
}

export interface ShelfContents {
  /** Their manifest can be read, and their files are there with their lengths; checksums are for `verify`. The oldest first. */
  backups: BackupManifest[];
  /** By id. */
  damaged: DamagedBackup[];
}

/** The folder of the backups. */
export interface BackupShelf {
  begin(id: string): Promise<BackupDraft>;
  /** @throws Error of the file system */
  list(): Promise<ShelfContents>;
  /** @throws SiskinError BACKUP_MISSING, BACKUP_DAMAGED */
  find(id: string): Promise<BackupManifest>;
  /** @throws SiskinError BACKUP_DAMAGED when it is not what was written */
  verify(id: string, file: SavedFile): Promise<void>;
  open(id: string, file: SavedFile): Chunks;
  remove(id: string): Promise<void>;
  /** Restores that began and did not end well. @throws SiskinError BACKUP_DAMAGED when nobody can read which */
  restoreNotes(): Promise<RestoreNote[]>;
  /** Replaces all of them durably, and at once. */
  writeRestoreNotes(notes: readonly RestoreNote[]): Promise<void>;
}

/** One key of Siskin's in Redis. */
export interface OwnRecord {
  key: string;
  /** null: for ever. */
  ttlMs: number | null;
  /** As Redis' DUMP gives it and RESTORE takes it. */
  dump: Uint8Array;
}

/** What Siskin knows: histories, releases, what is wanted, the audit log. All throw SiskinError STORE_UNAVAILABLE. */
export interface OwnRecords {
  /** All of one moment. @returns them with the version of Redis */
  read(): Promise<{ version: string; all: OwnRecord[] }>;
  /** All or none. @throws SiskinError RESTORE_FAILED */
  add(records: readonly OwnRecord[]): Promise<void>;
}

/** A file of encrypted secrets. */
export interface SealedFile {
  app: string;
  /** The file's name: an environment, or `_all`. */
  environment: string;
  bytes: Uint8Array;
}

export interface SecretFiles {
  list(): Promise<SealedFile[]>;
  /** Writes it durably. @throws Error when there is one */
  add(file: SealedFile): Promise<void>;
}

/** Siskin's own state. */
export interface OwnState {
  records: OwnRecords;
  secretFiles: SecretFiles;
  /** Reads siskin.yaml. */
  configFile: () => Chunks;
}

/** Says how it goes, for a person who waits. */
export type Tell = (line: string) => void;
