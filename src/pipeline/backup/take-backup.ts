import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import {
  type BackupManifest,
  bytesOf,
  type SavedDatabase,
  type SavedVolume,
} from '../../domain/backup/manifest.ts';
import { expired, type Keep } from '../../domain/backup/retention.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { BackupDraft, BackupShelf, Chunks, DatabaseAt, Databases, Tell, Volumes } from './ports.ts';

export interface BackupWorld {
  databases: Databases;
  volumes: Volumes;
  shelf: BackupShelf;
}

export interface BackupOrder {
  id: string;
  createdAt: Date;
  siskin: string;
  reason: string;
  databases: readonly DatabaseAt[];
  volumes: readonly string[];
  keep: Keep;
}

/**
 * Makes a backup and, once it is whole and on the disk, removes those that need not be kept any more.
 * @returns what was saved, and the ids of those that were removed
 * @throws SiskinError BACKUP_FAILED; then nothing of it is left
 */
export async function takeBackup(
  world: BackupWorld,
  order: BackupOrder,
  tell: Tell = () => {},
): Promise<{ manifest: BackupManifest; removed: string[] }> {
  const { id, createdAt, siskin, reason } = order;
  let draft: BackupDraft | undefined;
  try {
    draft = await world.shelf.begin(id);
    const databases = await saveDatabases(world, order, draft, tell);
    const volumes = await saveVolumes(world, order, draft, tell);
    const manifest: BackupManifest = {
      format: 1,
      id,
      createdAt: createdAt.toISOString(),
      siskin,
      reason,
      databases,
      volumes,
    };
    await draft.commit(manifest);
    tell(`${id}: ${bytesOf(manifest)} bytes saved`);
    return { manifest, removed: await forget(world.shelf, order.keep, tell) };
  } catch (error) {
    await draft?.discard().catch(() => undefined);
    if (error instanceof SiskinError && error.code === 'BACKUP_FAILED') throw error;
    throw new SiskinError('BACKUP_FAILED', `the backup failed: ${messageOf(error)}`, { cause: error });
  }
}

async function saveDatabases(
  { databases }: BackupWorld,
  order: BackupOrder,
  draft: BackupDraft,
  tell: Tell,
): Promise<SavedDatabase[]> {
  const saved: SavedDatabase[] = [];
  for (const one of order.databases) {
    const { name, kind, database, user } = one;
    const facts = await databases.facts(one);
    // pg_dump's own format is compressed already
    const file = kind === 'postgres' ? `${name}.dump` : `${name}.sql.gz`;
    const written = await databases.dump(one, (chunks) =>
      draft.write(file, kind === 'postgres' ? chunks : gzipped(chunks)),
    );
    tell(`database ${name}: ${written.bytes} bytes`);
    saved.push({ ...written, ...facts, name, kind, database, user });
  }
  return saved;
}

async function saveVolumes(
  { volumes }: BackupWorld,
  order: BackupOrder,
  draft: BackupDraft,
  tell: Tell,
): Promise<SavedVolume[]> {
  const saved: SavedVolume[] = [];
  for (const volume of order.volumes) {
    const written = await volumes.save(volume, (tar) => draft.write(`${volume}.tar.gz`, gzipped(tar)));
    tell(`volume ${volume}: ${written.bytes} bytes`);
    saved.push({ ...written, volume });
  }
  return saved;
}

/** What fails here does not make the backup a failed one: that is on the disk. */
async function forget(shelf: BackupShelf, keep: Keep, tell: Tell): Promise<string[]> {
  const all = await shelf.list();
  const gone = expired(
    all.map(({ id, createdAt }) => ({ id, createdAt: new Date(createdAt) })),
    keep,
  );
  const removed: string[] = [];
  for (const id of gone) {
    try {
      await shelf.remove(id);
      removed.push(id);
    } catch (error) {
      tell(`${id} could not be removed: ${messageOf(error)}`);
    }
  }
  return removed;
}

async function* gzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const out = new PassThrough();
  const packing = pipeline(Readable.from(chunks), createGzip(), out);
  // the error comes out of `out`, too, which the pipeline destroys with it
  packing.catch(() => undefined);
  yield* out;
  await packing;
}
