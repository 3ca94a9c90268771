import { z } from 'zod';
import { backupIdPattern } from '../../domain/backup/manifest.ts';
import { namePattern } from '../../domain/names.ts';

const file = {
  // a name, never a path: it is opened in the backup's folder
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,200}$/),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
};

const name = z.string().regex(namePattern);

const state = z.object({
  records: z.object({ ...file, count: z.int().nonnegative(), redis: z.string() }),
  // they become parts of a path
  secrets: z.array(z.object({ ...file, app: name, environment: z.union([name, z.literal('_all')]) })),
  config: z.object(file),
});

/** manifest.json; see BackupManifest. */
export const manifestSchema = z.object({
  format: z.literal(1),
  id: z.string().regex(backupIdPattern),
  createdAt: z.iso.datetime(),
  siskin: z.string(),
  reason: z.string(),
  databases: z.array(
    z.object({
      ...file,
      name: z.string(),
      kind: z.enum(['postgres', 'mysql', 'mariadb']),
      database: z.string(),
      user: z.string(),
      version: z.string(),
      image: z.string(),
      imageId: z.string(),
    }),
  ),
  volumes: z.array(z.object({ ...file, volume: z.string() })),
  state: state.nullable().default(null),
});

/** .restoring.json; see RestoreNote. */
export const restoreNotesSchema = z.array(
  z.object({ id: z.string().regex(backupIdPattern), targets: z.array(z.string()) }),
);
