import type { Command } from 'commander';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { bytesOf } from '../../domain/backup/manifest.ts';
import { example } from '../arguments.ts';
import type { Io } from '../io.ts';
import { configPath } from '../local-config.ts';
import { ago, writeJson } from '../output.ts';
import { writeTable } from '../view/table.ts';

/** `siskin backup list` */
export function addBackupList(backup: Command, io: Io): void {
  backup
    .command('list')
    .description('the backups, the newest first')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin backup list'))
    .action(async (_: unknown, command: Command) => {
      const config = await loadSiskinConfig(configPath(command, io), io.env);
      const { backupWorld } = await import('../../../workers/backup.ts');
      const all = (await backupWorld(config).shelf.list()).reverse();
      // --json may stand before `list`, which the verb above it takes
      if (command.optsWithGlobals<{ json?: boolean }>().json)
        return writeJson(
          io,
          all.map((manifest) => ({ ...manifest, bytes: bytesOf(manifest) })),
        );
      const now = new Date();
      const rows = all.map((manifest) => [
        manifest.id,
        ago(manifest.createdAt, now),
        `${(bytesOf(manifest) / 1e6).toFixed(1)} MB`,
        [...manifest.databases.map(({ name }) => name), ...manifest.volumes.map(({ volume }) => volume)].join(
          ', ',
        ),
        manifest.reason,
      ]);
      writeTable(io, ['BACKUP', 'MADE', 'SIZE', 'HOLDS', 'WHY'], rows, 'there are no backups yet');
    });
}
