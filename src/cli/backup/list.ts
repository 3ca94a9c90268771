import type { Command } from 'commander';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { type BackupManifest, bytesOf, holdingsOf } from '../../domain/backup/manifest.ts';
import type { DamagedBackup } from '../../pipeline/backup/ports.ts';
import { configPath } from '../local/local-config.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { ago, neutral, writeJson } from '../terminal/output.ts';
import { writeTable } from '../view/table.ts';
import { unfinishedWords } from './unfinished.ts';

/** `siskin backup list` */
export function addBackupList(backup: Command, io: Io): void {
  backup
    .command('list')
    .description('the backups, the newest first, and after them what is damaged')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin backup list'))
    .action(async (_: unknown, command: Command) => {
      const config = await loadSiskinConfig(configPath(command, io), io.env);
      const { backupWorld } = await import('../../../workers/backup.ts');
      const { shelf } = backupWorld(config);
      const { backups, damaged } = await shelf.list();
      for (const note of await shelf.restoreNotes()) io.writeError(`${neutral(unfinishedWords(note))}\n`);
      const newestFirst = backups.reverse();
      // --json may stand before `list`, which the verb above it takes
      if (command.optsWithGlobals<{ json?: boolean }>().json)
        return writeJson(io, [...newestFirst.map(good), ...damaged.map(bad)]);
      const now = new Date();
      const rows = [...newestFirst.map((manifest) => goodRow(manifest, now)), ...damaged.map(badRow)];
      writeTable(io, ['BACKUP', 'MADE', 'SIZE', 'HOLDS', 'WHY'], rows, 'there are no backups yet');
    });
}

const good = (manifest: BackupManifest) => ({ ...manifest, bytes: bytesOf(manifest), damaged: null });

const bad = ({ id, why }: DamagedBackup) => ({ id, damaged: why });

const goodRow = (manifest: BackupManifest, now: Date): string[] => [
  manifest.id,
  ago(manifest.createdAt, now),
  sizeText(bytesOf(manifest)),
  holdingsOf(manifest).join(', '),
  manifest.reason,
];

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const badRow = ({ id, why }: DamagedBackup): string[] => [id, '', '', 'DAMAGED', neutral(why)];
