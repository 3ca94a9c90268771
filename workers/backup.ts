import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FileBackupShelf } from '../src/adapters/backups/backup-shelf.ts';
import { recorded } from '../src/adapters/backups/last-run.ts';
import { connectDocker } from '../src/adapters/docker/connect.ts';
import { DockerDatabases } from '../src/adapters/docker/databases.ts';
import { DockerVolumes } from '../src/adapters/docker/volumes.ts';
import { lockInstance } from '../src/adapters/system/instance-lock.ts';
import { siskinVersion } from '../src/adapters/system/version.ts';
import { readPrivateFile } from '../src/config/private-file.ts';
import type { BackupConfig, SiskinConfig } from '../src/config/siskin-config.ts';
import { type BackupManifest, backupId } from '../src/domain/backup/manifest.ts';
import { SiskinError } from '../src/domain/errors/siskin-error.ts';
import type { Tell } from '../src/pipeline/backup/ports.ts';
import { type BackupWorld, takeBackup } from '../src/pipeline/backup/take-backup.ts';

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
 * Makes a backup of everything that siskin.yaml names, and notes how it went.
 * @param reason why, for the manifest
 * @throws SiskinError NOT_CONFIGURED, BACKUP_FAILED, BACKUP_RUNNING
 */
export async function backUp(
  config: SiskinConfig,
  reason: string,
  tell?: Tell,
): Promise<{ manifest: BackupManifest; removed: string[] }> {
  const settings = backupSettings(config);
  if (settings.databases.length + settings.volumes.length === 0)
    throw new SiskinError('NOT_CONFIGURED', `${config.file}: backup names neither databases nor volumes`);
  const world = backupWorld(config);
  const run = () =>
    withLock(settings.folder, async () => {
      await world.volumes.sweep();
      const createdAt = new Date();
      const order = {
        id: backupId(createdAt, randomBytes(4).toString('hex')),
        createdAt,
        siskin: siskinVersion(),
        reason,
      };
      return await takeBackup(world, { ...order, ...settings }, tell);
    });
  return await recorded(lastBackupFile(config.dataDir), () => new Date(), run);
}

/** One at a time works on the folder. @throws SiskinError BACKUP_RUNNING */
async function withLock<T>(folder: string, run: () => Promise<T>): Promise<T> {
  const lock = await lockInstance(join(folder, '.lock')).catch((error: unknown) => {
    const running = error instanceof SiskinError && error.code === 'ANOTHER_INSTANCE';
    throw running
      ? new SiskinError('BACKUP_RUNNING', `another process works on the backups in ${folder}`)
      : error;
  });
  try {
    return await run();
  } finally {
    await lock.release();
  }
}
