import type { Command } from 'commander';
import type { Io } from './terminal/io.ts';
import { addList } from './webhook/list.ts';
import { addRedeliver } from './webhook/redeliver.ts';
import { addRegister } from './webhook/register.ts';
import { addTest } from './webhook/test.ts';

/** `siskin webhook register|list|test|redeliver` */
export function registerWebhookVerbs(program: Command, io: Io): void {
  const webhook = program.command('webhook').description("the webhook of an app's repository on GitHub");
  for (const add of [addRegister, addList, addTest, addRedeliver]) add(webhook, io);
}
