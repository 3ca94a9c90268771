import type { Command } from 'commander';
import { loadSiskinConfig } from '../config/siskin-config.ts';
import { bytesOf } from '../domain/backup/manifest.ts';
import { addBackupList } from './backup/list.ts';
import { addBackupVerify } from './backup/verify.ts';
import { configPath } from './local/local-config.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { neutral, writeJson } from './terminal/output.ts';

/** `siskin backup`, `siskin backup list|verify` */
export function registerBackup(program: Command, io: Io): void {
  const backup = program
    .command('backup')
    .description(
      "save the databases and volumes that siskin.yaml names, and Siskin's own state, and remove backups that are too old",
    )
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin backup', 'siskin backup --json'))
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const config = await loadSiskinConfig(configPath(command, io), io.env);
      const { backUp } = await import('../../workers/backup.ts');
      const tell = (line: string) => void (json || io.write(`${neutral(line)}\n`));
      const { manifest, removed } = await backUp(config, 'by hand', { tell, signal: io.interrupted });
      if (json) return writeJson(io, { ...manifest, bytes: bytesOf(manifest), removed });
      for (const id of removed) io.write(`${id}: removed, it was too old\n`);
    });
  addBackupList(backup, io);
  addBackupVerify(backup, io);
}
