import type { Command } from 'commander';
import { makeIdentity } from '../../adapters/age/identity.ts';
import { auditLocally } from '../local/audit-locally.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, writeJson } from '../terminal/output.ts';
import { localConfig } from './open.ts';

/** `siskin secrets keygen` */
export function registerKeygen(secrets: Command, io: Io): void {
  secrets
    .command('keygen')
    .description('make the identity that opens the secrets (an age key), where there is none')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin secrets keygen'))
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const config = await localConfig(command, io);
      const { identityFile } = config;
      const recipient = await makeIdentity(identityFile, new Date());
      await auditLocally(io, config, { action: 'secrets-keygen', detail: { recipient } });
      if (json) return writeJson(io, { identityFile, recipient });
      io.write(
        `${neutral(identityFile)} is made; its public key is ${recipient}\n` +
          'Keep a copy where your backups are not: without it the secrets cannot be opened.\n',
      );
    });
}
