import { misfit } from '../../domain/backup/fits.ts';
import type { BackupManifest, SavedDatabase, SavedVolume } from '../../domain/backup/manifest.ts';
import { filesOf } from '../../domain/backup/manifest.ts';
import { withNote, withoutRestored } from '../../domain/backup/restore-notes.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { gunzipped } from './gzip.ts';
import type { BackupShelf, Chunks, DatabaseAt, Tell } from './ports.ts';
import type { BackupWorld } from './take-backup.ts';

/** Reads all of a backup and compares checksums. @throws SiskinError BACKUP_MISSING, BACKUP_DAMAGED */
export async function verifyBackup(
  shelf: BackupShelf,
  id: string,
  tell: Tell = () => {},
): Promise<BackupManifest> {
  const manifest = await shelf.find(id);
  for (const file of filesOf(manifest)) {
    await shelf.verify(id, file);
    tell(`${file.file}: as it was written`);
  }
  return manifest;
}

/** What of a backup goes where. */
export interface RestorePlan {
  manifest: BackupManifest;
  databases: { saved: SavedDatabase; into: DatabaseAt }[];
  volumes: { saved: SavedVolume; into: string }[];
}

/**
 * Checks a backup and everything that it is to be restored into. Changes nothing.
 * @param into databases by name, as siskin.yaml has them
 * @param renamed what goes elsewhere, by name in the backup: then nothing but these is restored
 * @throws SiskinError BACKUP_MISSING, BACKUP_DAMAGED, CONTAINER_MISSING; RESTORE_REFUSED with every reason
 */
export async function planRestore(
  world: BackupWorld,
  id: string,
  into: ReadonlyMap<string, DatabaseAt>,
  renamed: ReadonlyMap<string, string>,
  tell: Tell = () => {},
): Promise<RestorePlan> {
  const manifest = await verifyBackup(world.shelf, id, tell);
  const databases: RestorePlan['databases'] = [];
  const refusals: string[] = [];
  const wanted = (name: string) => renamed.size === 0 || renamed.has(name);
  for (const saved of manifest.databases.filter(({ name }) => wanted(name))) {
    const target = into.get(saved.name);
    if (!target) {
      refusals.push(`siskin.yaml has no database ${saved.name} under backup.databases any more`);
      continue;
    }
    const why = misfit(saved, await world.databases.facts(target));
    if (why !== null) refusals.push(why);
    databases.push({ saved, into: { ...target, database: renamed.get(saved.name) ?? target.database } });
  }
  if (refusals.length > 0) throw new SiskinError('RESTORE_REFUSED', refusals.join('; '));
  const volumes = manifest.volumes
    .filter(({ volume }) => wanted(volume))
    .map((saved) => ({ saved, into: renamed.get(saved.volume) ?? saved.volume }));
  for (const { into: volume } of volumes) await world.volumes.checkUnused(volume);
  return { manifest, databases, volumes };
}

/** What a plan replaces, in the words that a person is asked and told in, in its order. */
export const targetsOf = (plan: RestorePlan): string[] => [
  ...plan.databases.map(databaseWords),
  ...plan.volumes.map(volumeWords),
];

/**
 * Carries a plan out: databases first, for they may still refuse, and a database of PostgreSQL is then as it was; volumes,
 * which are emptied, last. While it goes on, and when it does not end well, the shelf has a note of it.
 * @throws SiskinError RESTORE_FAILED, RESTORE_REFUSED; the message tells what was restored by then and what was not
 */
export async function restoreBackup(
  world: BackupWorld,
  plan: RestorePlan,
  tell: Tell = () => {},
): Promise<void> {
  const { id } = plan.manifest;
  const steps = [
    ...plan.databases.map((one) => ({
      target: databaseWords(one),
      run: () => world.databases.restore(one.into, dumpOf(world.shelf, id, one.saved)),
    })),
    ...plan.volumes.map((one) => ({
      target: volumeWords(one),
      run: () => world.volumes.restore(one.into, gunzipped(world.shelf.open(id, one.saved))),
    })),
  ];
  const targets = targetsOf(plan);
  const before = await world.shelf.restoreNotes();
  await world.shelf.writeRestoreNotes(withNote(before, { id, targets }));
  for (const [index, { target, run }] of steps.entries()) {
    try {
      await run();
    } catch (error) {
      const refused = error instanceof SiskinError && error.code === 'RESTORE_REFUSED';
      if (index > 0 || !refused) throw brokenOff(error, steps, index);
      await world.shelf.writeRestoreNotes(before);
      throw error;
    }
    tell(`${target}: restored`);
  }
  await world.shelf.writeRestoreNotes(withoutRestored(before, targets));
}

function brokenOff(error: unknown, steps: readonly { target: string }[], at: number): SiskinError {
  const names = (some: readonly { target: string }[]) =>
    some.map(({ target }) => target).join(', ') || 'nothing';
  const sentence = `${messageOf(error)}. Restored before that: ${names(steps.slice(0, at))}. Not restored: ${names(steps.slice(at))}`;
  return new SiskinError('RESTORE_FAILED', sentence, { cause: error });
}

const databaseWords = ({ into }: RestorePlan['databases'][number]): string =>
  `database ${into.database} in ${into.container}`;

const volumeWords = ({ into }: RestorePlan['volumes'][number]): string => `volume ${into}`;

/** Restores every database of a backup into a container of its own and counts. @throws as planRestore, and RESTORE_FAILED */
export async function rehearseRestore(
  world: BackupWorld,
  id: string,
  tell: Tell = () => {},
): Promise<{ name: string; tables: number; rows: number }[]> {
  const manifest = await verifyBackup(world.shelf, id, tell);
  const results = [];
  for (const saved of manifest.databases) {
    const counted = await world.databases.rehearse(saved, () => dumpOf(world.shelf, id, saved));
    tell(`database ${saved.name}: ${counted.tables} tables with ${counted.rows} rows came back`);
    results.push({ name: saved.name, ...counted });
  }
  return results;
}

const dumpOf = (shelf: BackupShelf, id: string, saved: SavedDatabase): Chunks => {
  const chunks = shelf.open(id, saved);
  return saved.kind === 'postgres' ? chunks : gunzipped(chunks);
};
