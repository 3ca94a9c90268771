import type { Command } from 'commander';
import { registerImport } from './secrets/import.ts';
import { registerKeygen } from './secrets/keygen.ts';
import { registerList } from './secrets/list.ts';
import { registerRemove } from './secrets/remove.ts';
import { registerSet } from './secrets/set.ts';
import type { Io } from './terminal/io.ts';

/** `siskin secrets keygen|set|import|list|rm`: on the server's own machine, on its files. */
export function registerSecrets(program: Command, io: Io): void {
  const secrets = program.command('secrets').description('secrets of apps, encrypted at rest');
  for (const register of [registerKeygen, registerSet, registerImport, registerList, registerRemove])
    register(secrets, io);
}
