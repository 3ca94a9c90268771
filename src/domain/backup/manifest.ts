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
}

/** `20261125T020000Z-3f9a`: the time in UTC to the second, and what makes it one of its kind. */
export const backupId = (createdAt: Date, random: string): string =>
  `${createdAt.toISOString().replace(/[-:]|\.\d+/g, '')}-${random}`;

export const backupIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4,16}$/;

export const filesOf = ({ databases, volumes }: BackupManifest): SavedFile[] => [...databases, ...volumes];

export const bytesOf = (manifest: BackupManifest): number =>
  filesOf(manifest).reduce((total, { bytes }) => total + bytes, 0);
