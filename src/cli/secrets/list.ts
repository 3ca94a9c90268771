import type { Command } from 'commander';
import type { SecretEntry } from '../../adapters/age/secret-store.ts';
import { anyEnvironmentArgument, appArgument, example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { ago, writeJson } from '../terminal/output.ts';
import { writeTable } from '../view/table.ts';
import { checkedScope, localConfig, openStore } from './open.ts';

/** `siskin secrets list APP [ENVIRONMENT]` */
export function registerList(secrets: Command, io: Io): void {
  secrets
    .command('list')
    .description('which secrets are set, when and how; never their values')
    .addArgument(appArgument())
    .addArgument(anyEnvironmentArgument())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin secrets list shop', 'siskin secrets list shop production --json'))
    .action(
      async (app: string, environment: string | undefined, options: { json?: boolean }, command: Command) => {
        const config = await localConfig(command, io);
        checkedScope(app, environment ?? null, config.environments);
        const wanted = environment === undefined ? (config.environments.get(app) ?? []) : [environment];
        const store = openStore(config);
        const lists = await Promise.all(
          [null, ...wanted].map((one) => store.list({ app, environment: one })),
        );
        const entries = lists.flat();
        if (options.json) return writeJson(io, { app, secrets: entries });
        writeTable(io, ['NAME', 'ENVIRONMENT', 'CHANGED', 'HOW'], entries.map(row), `${app} has no secrets.`);
      },
    );
}

const row = ({ name, environment, changedAt, via }: SecretEntry): string[] => [
  name,
  environment ?? '(all)',
  ago(changedAt, new Date()),
  via,
];
