import {
  type BackupManifest,
  bytesOf,
  type SavedDatabase,
  type SavedState,
  type SavedVolume,
} from '../../domain/backup/manifest.ts';
import { expired, type Keep } from '../../domain/backup/retention.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { gzipped } from './gzip.ts';
import { saveOwnState } from './own-state.ts';
import type { BackupDraft, BackupShelf, DatabaseAt, Databases, OwnState, Tell, Volumes } from './ports.ts';
import { untilAborted } from './until-aborted.ts';

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
  /** Siskin's own; absent: it is not saved. */
  state?: OwnState;
  keep: Keep;
  /** Aborted when nobody needs this backup any more. */
  signal?: AbortSignal;
}

/**
 * Makes a backup and, once it is whole and on the disk, removes those that need not be kept any more.
 * @returns what was saved, and the ids of those that were removed
 * @throws SiskinError BACKUP_FAILED, the signal's reason when aborted; then nothing of it is left
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
    const write = abortableWrite(draft, order.signal);
    const manifest: BackupManifest = {
      format: 1,
      id,
      createdAt: createdAt.toISOString(),
      siskin,
      reason,
      databases: await saveDatabases(world, order, write, tell),
      volumes: await saveVolumes(world, order, write, tell),
      state: order.state ? await saveState(order.state, write, tell) : null,
    };
    order.signal?.throwIfAborted();
    await draft.commit(manifest);
    tell(`${id}: ${bytesOf(manifest)} bytes saved`);
    return { manifest, removed: await forget(world.shelf, order.keep, tell) };
  } catch (error) {
    await draft?.discard().catch((left: unknown) => tell(`a part of ${id} is left: ${messageOf(left)}`));
    order.signal?.throwIfAborted();
    if (error instanceof SiskinError && error.code === 'BACKUP_FAILED') throw error;
    throw new SiskinError('BACKUP_FAILED', `the backup failed: ${messageOf(error)}`, { cause: error });
  }
}

const abortableWrite = (draft: BackupDraft, signal?: AbortSignal): BackupDraft['write'] =>
  signal ? (file, chunks) => draft.write(file, untilAborted(chunks, signal)) : draft.write;

async function saveState(state: OwnState, write: BackupDraft['write'], tell: Tell): Promise<SavedState> {
  const saved = await saveOwnState(state, write);
  tell(
    `Siskin's state: ${saved.records.count} records, ${saved.secrets.length} files of secrets, siskin.yaml`,
  );
  return saved;
}

async function saveDatabases(
  { databases }: BackupWorld,
  order: BackupOrder,
  write: BackupDraft['write'],
  tell: Tell,
): Promise<SavedDatabase[]> {
  const saved: SavedDatabase[] = [];
  for (const one of order.databases) {
    const { name, kind, database, user } = one;
    const facts = await databases.facts(one);
    // pg_dump's own format is compressed already
    const file = kind === 'postgres' ? `${name}.dump` : `${name}.sql.gz`;
    const written = await databases.dump(one, (chunks) =>
      write(file, kind === 'postgres' ? chunks : gzipped(chunks)),
    );
    tell(`database ${name}: ${written.bytes} bytes`);
    saved.push({ ...written, ...facts, name, kind, database, user });
  }
  return saved;
}

async function saveVolumes(
  { volumes }: BackupWorld,
  order: BackupOrder,
  write: BackupDraft['write'],
  tell: Tell,
): Promise<SavedVolume[]> {
  const saved: SavedVolume[] = [];
  for (const volume of order.volumes) {
    const written = await volumes.save(volume, (tar) => write(`${volume}.tar.gz`, gzipped(tar)));
    tell(`volume ${volume}: ${written.bytes} bytes`);
    saved.push({ ...written, volume });
  }
  return saved;
}

/** What fails here does not make the backup a failed one: that is on the disk. */
async function forget(shelf: BackupShelf, keep: Keep, tell: Tell): Promise<string[]> {
  const { backups, damaged } = await shelf.list();
  for (const { why } of damaged) tell(`damaged, neither counted nor removed: ${why}`);
  const gone = expired(
    backups.map(({ id, createdAt }) => ({ id, createdAt: new Date(createdAt) })),
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
