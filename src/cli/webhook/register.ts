import type { Command } from 'commander';
import { registerAppWebhook } from '../../../workers/webhooks.ts';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { configPath } from '../local/local-config.ts';
import { appArgument, example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, writeJson } from '../terminal/output.ts';

/** `siskin webhook register APP` */
export function addRegister(webhook: Command, io: Io): void {
  webhook
    .command('register')
    .description("create the webhook of the app's repository, or set right the one that is there")
    .addArgument(appArgument())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin webhook register shop'))
    .action(async (app: string, options: { json?: boolean }, command: Command) => {
      const config = await loadSiskinConfig(configPath(command, io), io.env);
      const done = await registerAppWebhook(config, app, io.interrupted);
      if (options.json) return writeJson(io, done);
      const { outcome, repository, url, repaired, others } = done;
      io.write(`${neutral(repository)}: the webhook ${sentences[outcome]}; it leads to ${neutral(url)}\n`);
      for (const fault of repaired) io.write(`  ${neutral(fault)}\n`);
      if (others > 0) io.write(`  ${others} more lead there: delete them on GitHub\n`);
      io.write(`see whether it arrives with: siskin webhook test ${app}\n`);
    });
}

const sentences = {
  created: 'was created',
  repaired: 'was repaired',
  confirmed: 'was right; it has the secret of siskin.yaml again',
} as const;
