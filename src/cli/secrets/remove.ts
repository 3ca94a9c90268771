import type { Command } from 'commander';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { auditLocally } from '../local/audit-locally.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { writeJson } from '../terminal/output.ts';
import { localConfig, namedSecret, openStore, scopeDetail, scopeText } from './open.ts';

/** `siskin secrets rm APP [ENVIRONMENT] NAME` */
export function registerRemove(secrets: Command, io: Io): void {
  secrets
    .command('rm')
    .description('remove a secret; containers that run keep what they were given')
    .argument('<app>', 'the app')
    .argument('<words...>', '[ENVIRONMENT] NAME: without an environment the one for all of the app')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin secrets rm shop production OLD_TOKEN'))
    .action(async (app: string, words: string[], options: { json?: boolean }, command: Command) => {
      const config = await localConfig(command, io);
      const { scope, name } = namedSecret([app, ...words], config);
      if (!(await openStore(config).remove(scope, name)))
        throw new SiskinError('ARGUMENT_INVALID', `${scopeText(scope)} has no secret ${name}.`);
      await auditLocally(io, config, {
        action: 'secrets-rm',
        detail: { names: [name], ...scopeDetail(scope) },
      });
      if (options.json) writeJson(io, { ...scope, name, removed: true });
      else io.write(`${scopeText(scope)}: ${name} is removed\n`);
    });
}
