import type { Command } from 'commander';
import { appArgument, example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { deliveryOf, reportDelivery } from './await-delivery.ts';
import { openWebhook, ourHook } from './open.ts';

/** `siskin webhook test APP` */
export function addTest(webhook: Command, io: Io): void {
  webhook
    .command('test')
    .description('let GitHub ping this Siskin, and tell what it was answered; exit 1 unless it arrived')
    .addArgument(appArgument())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin webhook test shop'))
    .action(async (app: string, options: { json?: boolean }, command: Command) => {
      const opened = await openWebhook(command, io, app);
      const hook = await ourHook(opened);
      if (!options.json) io.write(`asking GitHub to ping ${opened.url}\n`);
      const delivery = await deliveryOf(
        opened.hooks,
        hook,
        () => opened.hooks.ping(hook),
        ({ event }) => event === 'ping',
        io.interrupted,
      );
      reportDelivery(io, delivery, options.json);
    });
}
