import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FileBackupShelf } from '../src/adapters/backups/backup-shelf.ts';
import { withFolderLock } from '../src/adapters/backups/folder-lock.ts';
import { recorded } from '../src/adapters/backups/last-run.ts';
import { connectDocker } from '../src/adapters/docker/connect.ts';
import { DockerDatabases } from '../src/adapters/docker/databases.ts';
import { DockerVolumes } from '../src/adapters/docker/volumes.ts';
import { siskinVersion } from '../src/adapters/system/version.ts';
import { readPrivateFile } from '../src/config/private-file.ts';
import type { BackupConfig, SiskinConfig } from '../src/config/siskin-config.ts';
import { type BackupManifest, backupId } from '../src/domain/backup/manifest.ts';
import { SiskinError } from '../src/domain/errors/siskin-error.ts';
import { restoreOwnState } from '../src/pipeline/backup/own-state.ts';
import type { OwnState, Tell } from '../src/pipeline/backup/ports.ts';
import { type RestorePlan, restoreBackup, verifyBackup } from '../src/pipeline/backup/restore-backup.ts';
import { type BackupWorld, takeBackup } from '../src/pipeline/backup/take-backup.ts';
import { withIdleState, withOwnState } from './own-state.ts';

/** Where it is noted how the last backup went. */
export const lastBackupFile = (dataDir: string): string => join(dataDir, 'backup-last.json');

/** @throws SiskinError NOT_CONFIGURED */
export function backupSettings({ backup, file }: SiskinConfig): BackupConfig {
  if (backup) return backup;
  throw new SiskinError('NOT_CONFIGURED', `${file} has no section backup`);
}

export function backupWorld(
  config: SiskinConfig,
): BackupWorld & { databases: DockerDatabases; volumes: DockerVolumes } {
  const { folder, helperImage } = backupSettings(config);
  const docker = connectDocker(config.docker.host);
  return {
    databases: new DockerDatabases(docker, { readSecret: readPrivateFile }),
    volumes: new DockerVolumes(docker, helperImage),
    shelf: new FileBackupShelf(folder),
  };
}

/**
 * Makes a backup of everything that siskin.yaml names, and notes how it went. One that is aborted is noted as none.
 * @param reason why, for the manifest
 * @throws SiskinError NOT_CONFIGURED, BACKUP_FAILED, BACKUP_RUNNING; the signal's reason when aborted
 */
export async function backUp(
  config: SiskinConfig,
  reason: string,
  { tell, signal }: { tell?: Tell; signal?: AbortSignal } = {},
): Promise<{ manifest: BackupManifest; removed: string[] }> {
  const settings = backupSettings(config);
  if (settings.databases.length + settings.volumes.length === 0 && !settings.siskin)
    throw new SiskinError('NOT_CONFIGURED', `${config.file}: backup names neither databases nor volumes`);
  const world = backupWorld(config);
  const take = async (state?: OwnState) => {
    await world.volumes.sweep();
    const createdAt = new Date();
    const id = backupId(createdAt, randomBytes(4).toString('hex'));
    const order = {
      id,
      createdAt,
      siskin: siskinVersion(),
      reason,
      ...(state && { state }),
      ...(signal && { signal }),
    };
    return await takeBackup(world, { ...settings, ...order }, tell);
  };
  const run = () => (settings.siskin ? withOwnState(config, take) : take());
  return await withFolderLock(settings.folder, () =>
    recorded(lastBackupFile(config.dataDir), () => new Date(), run, signal),
  );
}

/**
 * Restores with nobody else at work on the backups. The backup is read once more before anything is emptied: since the plan a
 * person was asked, and another backup may have removed this one.
 * @throws SiskinError BACKUP_RUNNING, BACKUP_MISSING, BACKUP_DAMAGED, and as restoreBackup
 */
export async function restoreLocked(config: SiskinConfig, plan: RestorePlan, tell: Tell): Promise<void> {
  const world = backupWorld(config);
  await withFolderLock(backupSettings(config).folder, async () => {
    await verifyBackup(world.shelf, plan.manifest.id);
    await restoreBackup(world, plan, tell);
  });
}

/**
 * Brings Siskin's own state back from a backup, into an empty dataDir.
 * @throws SiskinError BACKUP_RUNNING, BACKUP_MISSING, BACKUP_DAMAGED, ANOTHER_INSTANCE while Siskin runs; RESTORE_REFUSED, RESTORE_FAILED
 */
export async function restoreSiskin(config: SiskinConfig, id: string, tell: Tell): Promise<void> {
  const { shelf } = backupWorld(config);
  await withFolderLock(backupSettings(config).folder, async () => {
    const { state } = await verifyBackup(shelf, id, tell);
    if (!state)
      throw new SiskinError('RESTORE_REFUSED', `${id} was made without Siskin's own state`, {
        hint: 'See `siskin backup list` for one that holds it.',
      });
    await withIdleState(config, (own) => restoreOwnState(own, shelf, { id, state }, tell));
  });
}
