import type { Command } from 'commander';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { verifyBackup } from '../../pipeline/backup/restore-backup.ts';
import { configPath } from '../local/local-config.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, writeJson } from '../terminal/output.ts';

/** `siskin backup verify ID` */
export function addBackupVerify(backup: Command, io: Io): void {
  backup
    .command('verify')
    .description('read a backup and compare its checksums; `siskin restore --test` tries more')
    .argument('<id>', 'the backup')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin backup verify 20261125T020000Z-3f9a11c2'))
    .action(async (id: string, _: unknown, command: Command) => {
      const config = await loadSiskinConfig(configPath(command, io), io.env);
      const { backupWorld } = await import('../../../workers/backup.ts');
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      const tell = (line: string) => void (json || io.write(`${neutral(line)}\n`));
      const manifest = await verifyBackup(backupWorld(config).shelf, id, tell);
      if (json) writeJson(io, { id, verified: true, siskin: manifest.siskin });
    });
}
