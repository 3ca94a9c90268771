import type { Command } from 'commander';
import { deploymentSchema } from '../api/schemas.ts';
import { isEndState } from '../domain/deployment.ts';
import { anySignal } from '../pipeline/any-signal.ts';
import { connect } from './client/context.ts';
import { type DeploymentEvent, follow } from './client/deployment-events.ts';
import { example, idArgument } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { neutral, writeJsonLine } from './terminal/output.ts';
import { foldTicks } from './view/fold-ticks.ts';
import { writeEvent } from './view/journal-line.ts';

/** Silence after which what was there already counts as read; the stream itself does not mark that place. */
const quietMs = 750;

/** `siskin logs ID [-f]` */
export function registerLogs(program: Command, io: Io): void {
  program
    .command('logs')
    .description('what a deployment did and what its build printed')
    .addArgument(idArgument())
    .option('-f, --follow', 'go on until the deployment ends')
    .option('--json', 'one JSON object per line')
    .addHelpText('after', example('siskin logs d42', 'siskin logs d42 -f'))
    .action(async (id: string, options: { follow?: boolean; json?: boolean }, command: Command) => {
      const client = await connect(command, io);
      const { state } = await client.get(`/api/v1/deployments/${id}`, deploymentSchema);
      const show = (event: DeploymentEvent) => (options.json ? writeLine(io, event) : writeEvent(io, event));
      const toTheEnd = options.follow || isEndState(state);
      const events = (signal: AbortSignal) => {
        const all = follow(client, id, signal);
        return options.json ? all : foldTicks(all);
      };
      if (toTheEnd) for await (const event of events(io.interrupted)) show(event);
      else await untilQuiet(events, io.interrupted, show);
    });
}

const writeLine = (io: Io, event: DeploymentEvent): void =>
  writeJsonLine(io, event.kind === 'log' ? { ...event, line: neutral(event.line) } : event);

async function untilQuiet(
  events: (signal: AbortSignal) => AsyncGenerator<DeploymentEvent>,
  interrupted: AbortSignal,
  show: (event: DeploymentEvent) => void,
): Promise<void> {
  const quiet = new AbortController();
  const timer = setTimeout(() => quiet.abort(), quietMs);
  const { signal, unlink } = anySignal([interrupted, quiet.signal]);
  try {
    for await (const event of events(signal)) {
      show(event);
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
    unlink();
  }
}
