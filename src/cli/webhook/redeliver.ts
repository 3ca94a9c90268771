import { Argument, type Command, InvalidArgumentError } from 'commander';
import { appArgument, example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { deliveryOf, reportDelivery } from './await-delivery.ts';
import { openWebhook, ourHook } from './open.ts';

const deliveryArgument = (): Argument =>
  new Argument('<delivery>', 'its id, as `siskin webhook list` shows it').argParser((text: string) => {
    if (/^\d{1,20}$/.test(text)) return text;
    throw new InvalidArgumentError('It must be a number.');
  });

/** `siskin webhook redeliver APP DELIVERY` */
export function addRedeliver(webhook: Command, io: Io): void {
  webhook
    .command('redeliver')
    .description(
      'let GitHub send a delivery again, up to three days old; one that was recorded changes nothing',
    )
    .addArgument(appArgument())
    .addArgument(deliveryArgument())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin webhook redeliver shop 12345678901'))
    .action(async (app: string, id: string, options: { json?: boolean }, command: Command) => {
      const opened = await openWebhook(command, io, app);
      const hook = await ourHook(opened);
      const { guid } = await opened.hooks.delivery(hook, id);
      const delivery = await deliveryOf(
        opened.hooks,
        hook,
        () => opened.hooks.redeliver(hook, id),
        (one) => one.guid === guid,
        io.interrupted,
      );
      reportDelivery(io, delivery, options.json);
    });
}
