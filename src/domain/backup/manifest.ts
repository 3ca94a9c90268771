/** A file of a backup as it was written. */
export interface SavedFile {
  /** Its name in the backup's folder. */
  file: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

export type DatabaseKind = 'postgres' | 'mysql' | 'mariadb';

export interface SavedDatabase extends SavedFile {
  name: string;
  kind: DatabaseKind;
  database: string;
  user: string;
  /** As the server tells it, such as `15.18`. */
  version: string;
  /** The image that its container was made from, by name and id. */
  image: string;
  imageId: string;
}

export interface SavedVolume extends SavedFile {
  volume: string;
}

/** Siskin's own state. The age identity that opens the secrets is never part of it. */
export interface SavedState {
  records: SavedFile & { count: number /** Version of Redis. */; redis: string };
  /** Encrypted files; `environment` is the file's name: an environment, or `_all`. */
  secrets: (SavedFile & { app: string; environment: string })[];
  /** siskin.yaml as it was. */
  config: SavedFile;
}

/** What a backup holds; manifest.json. */
export interface BackupManifest {
  format: 1;
  id: string;
  /** ISO 8601. */
  createdAt: string;
  /** Version of Siskin. */
  siskin: string;
  /** Why it was made: `by hand`, `schedule`, `before d42 of shop/production`. */
  reason: string;
  databases: SavedDatabase[];
  volumes: SavedVolume[];
  /** null when it was not asked for, and in backups of before 2026-11-26. */
  state: SavedState | null;
}

/** `20261125T020000Z-3f9a`: the time in UTC to the second, and what makes it one of its kind. */
export const backupId = (createdAt: Date, random: string): string =>
  `${createdAt.toISOString().replace(/[-:]|\.\d+/g, '')}-${random}`;

export const backupIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4,16}$/;

export const filesOf = ({ databases, volumes, state }: BackupManifest): SavedFile[] => [
  ...databases,
  ...volumes,
  ...(state ? [state.records, ...state.secrets, state.config] : []),
];

/** What is in it by name, for people. */
export const holdingsOf = ({ databases, volumes, state }: BackupManifest): string[] => [
  ...databases.map(({ name }) => name),
  ...volumes.map(({ volume }) => volume),
  ...(state ? ["Siskin's state"] : []),
];

export const bytesOf = (manifest: BackupManifest): number =>
  filesOf(manifest).reduce((total, { bytes }) => total + bytes, 0);
