import type { Command } from 'commander';
import type { AppWebhook } from '../../../workers/webhooks.ts';
import type { AnsweredDelivery } from '../../adapters/github/hooks.ts';
import { faultsOf, hooksOf } from '../../adapters/github/register-webhook.ts';
import { appArgument, count, example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { ago, writeJson } from '../terminal/output.ts';
import { type Cell, writeTable } from '../view/table.ts';
import { outcomeOf } from './answer.ts';
import { openWebhook } from './open.ts';

interface ListOptions {
  json?: boolean;
  limit: number;
}

/** `siskin webhook list APP` */
export function addList(webhook: Command, io: Io): void {
  webhook
    .command('list')
    .description("the webhooks of the app's repository, the last deliveries, and why each was ignored")
    .addArgument(appArgument())
    .option('--limit <n>', 'how many deliveries', count(100), 10)
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin webhook list shop', 'siskin webhook list shop --limit 50 --json'))
    .action(async (app: string, options: ListOptions, command: Command) => {
      const state = await look(await openWebhook(command, io, app), options.limit);
      if (options.json) return writeJson(io, state);
      writeHooks(io, state);
      if (state.hooks.some(({ ours }) => ours)) writeDeliveries(io, state.deliveries);
    });
}

type State = Awaited<ReturnType<typeof look>>;

/** Deliveries are of the hook that leads to this Siskin. */
async function look({ hooks, url }: AppWebhook, limit: number) {
  const all = await hooks.list();
  const [ours] = hooksOf(all, url);
  const listed = all.map((hook) => ({
    id: hook.id,
    url: hook.config.url ?? '',
    ours: hook.id === ours?.id,
    active: hook.active,
    events: hook.events,
    faults: hook.id === ours?.id ? faultsOf(hook) : [],
  }));
  const deliveries = ours ? await hooks.deliveries(ours.id, limit) : [];
  const answered: AnsweredDelivery[] = [];
  // One after the other: GitHub asks not to be asked many things at once.
  for (const { id } of deliveries) if (ours) answered.push(await hooks.delivery(ours.id, id));
  return { repository: hooks.name, url, hooks: listed, deliveries: answered.map(viewOf) };
}

const viewOf = (delivery: AnsweredDelivery) => ({
  id: delivery.id,
  guid: delivery.guid,
  event: delivery.event,
  deliveredAt: delivery.delivered_at,
  redelivery: delivery.redelivery,
  seconds: delivery.duration,
  statusCode: delivery.status_code,
  ...outcomeOf(delivery.status_code, delivery.status, delivery.answer),
});

function writeHooks(io: Io, { hooks, url, repository }: State): void {
  const rows = hooks.map(({ id, url: to, ours, active, events, faults }): Cell[] => [
    ours ? { text: id, color: 'bold' } : id,
    to,
    active ? events.join(',') : { text: 'disabled', color: 'red' },
    ours ? (faults.length > 0 ? { text: faults.join(', '), color: 'red' } : 'leads here') : '',
  ]);
  writeTable(io, ['HOOK', 'URL', 'EVENTS', ''], rows, `${repository} has no webhooks`);
  if (!hooks.some(({ ours }) => ours)) io.write(`none leads to ${url}: siskin webhook register\n`);
}

const colors = { accepted: 'green', refused: 'red', unreached: 'red', strange: 'red' } as const;

function writeDeliveries(io: Io, deliveries: State['deliveries']): void {
  const now = new Date();
  const rows = deliveries.map(({ id, deliveredAt, event, redelivery, statusCode, outcome, text }): Cell[] => [
    id,
    ago(deliveredAt, now),
    redelivery ? `${event} (again)` : event,
    statusCode === 0 ? '-' : String(statusCode),
    outcome in colors ? { text: outcome, color: colors[outcome as keyof typeof colors] } : outcome,
    text,
  ]);
  io.write('\n');
  writeTable(io, ['DELIVERY', 'WHEN', 'EVENT', 'CODE', 'OUTCOME', ''], rows, 'nothing was delivered yet');
}
