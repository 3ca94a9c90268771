import type { Command } from 'commander';
import { readBoundedFile } from '../../config/bounded-file.ts';
import { parseEnvFile } from '../../config/env-file.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { auditLocally } from '../local/audit-locally.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { writeJson } from '../terminal/output.ts';
import { checkedScope, localConfig, openStore, scopeDetail, scopeText } from './open.ts';
import { redeploy, redeployOption } from './redeploy.ts';

const longestFile = 1024 * 1024;

/** `siskin secrets import APP [ENVIRONMENT] FILE` */
export function registerImport(secrets: Command, io: Io): void {
  secrets
    .command('import')
    .description('set all secrets of a file of NAME=value lines')
    .argument('<app>', 'the app')
    .argument('<words...>', '[ENVIRONMENT] FILE: without an environment for all of the app')
    .addOption(redeployOption())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin secrets import shop production production.env'))
    .action(
      async (
        app: string,
        words: string[],
        options: { redeploy?: boolean; json?: boolean },
        command: Command,
      ) => {
        const config = await localConfig(command, io);
        const file = words.at(-1) ?? '';
        const [environment = null, extra] = words.slice(0, -1);
        if (extra !== undefined)
          throw new SiskinError('ARGUMENT_INVALID', 'It is APP ENVIRONMENT FILE, or APP FILE.');
        const scope = checkedScope(app, environment, config.environments);
        const values = await readValues(file);
        const changed = await openStore(config).set(scope, values, { via: 'import', now: new Date() });
        const names = Object.keys(values).sort();
        await auditLocally(io, config, {
          action: 'secrets-import',
          detail: { names, ...scopeDetail(scope) },
        });
        if (!options.json)
          io.write(
            `${scopeText(scope)}: ${changed ? 'set' : 'unchanged'}: ${names.join(', ') || 'nothing'}\n`,
          );
        const deployments = options.redeploy ? await redeploy(command, io, scope, config) : [];
        if (options.json) writeJson(io, { ...scope, names, changed, deployments });
      },
    );
}

/** @throws SiskinError SECRETS_FILE_INVALID naming the line, CONFIG_UNREADABLE */
async function readValues(file: string): Promise<Record<string, string>> {
  const text = await readBoundedFile(file, longestFile, 'CONFIG_UNREADABLE');
  try {
    return parseEnvFile(text, file);
  } catch (error) {
    if (!(error instanceof SiskinError) || error.code !== 'ENV_FILE_INVALID') throw error;
    throw new SiskinError(
      'SECRETS_FILE_INVALID',
      error.message,
      error.location ? { location: error.location } : {},
    );
  }
}
