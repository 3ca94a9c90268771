import type { Command } from 'commander';
import { shortestMasked } from '../../observability/mask.ts';
import { auditLocally } from '../local/audit-locally.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { writeJson } from '../terminal/output.ts';
import { localConfig, namedSecret, openStore, scopeDetail, scopeText } from './open.ts';
import { redeploy, redeployOption } from './redeploy.ts';
import { readValue } from './value.ts';

/** `siskin secrets set APP [ENVIRONMENT] NAME` */
export function registerSet(secrets: Command, io: Io): void {
  secrets
    .command('set')
    .description('set a secret; the value comes from standard input, or is asked for')
    .argument('<app>', 'the app')
    .argument('<words...>', '[ENVIRONMENT] NAME: without an environment for all of the app')
    .addOption(redeployOption())
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      example(
        'siskin secrets set shop production DATABASE_URL < url.txt',
        'siskin secrets set shop SENTRY_DSN',
        'siskin secrets set shop production DATABASE_URL --redeploy < url.txt',
      ),
    )
    .action(async (app: string, words: string[], options: SetOptions, command: Command) => {
      const config = await localConfig(command, io);
      const { scope, name } = namedSecret([app, ...words], config);
      const { value, via } = await readValue(io, name);
      const changed = await openStore(config).set(scope, { [name]: value }, { via, now: new Date() });
      await auditLocally(io, config, {
        action: 'secrets-set',
        detail: { names: [name], ...scopeDetail(scope) },
      });
      if (value.length < shortestMasked)
        io.writeError(`${name} has fewer than ${shortestMasked} characters: it cannot be masked in logs\n`);
      if (!options.json)
        io.write(`${scopeText(scope)}: ${name} ${changed ? 'is set' : 'had this value already'}\n`);
      const deployments = options.redeploy ? await redeploy(command, io, scope, config) : [];
      if (options.json) writeJson(io, { ...scope, name, changed, deployments });
    });
}

interface SetOptions {
  redeploy?: boolean;
  json?: boolean;
}
