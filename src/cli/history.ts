import type { Command } from 'commander';
import { type DeploymentSummary, deploymentListSchema } from '../api/schemas.ts';
import { anyAppArgument, anyEnvironmentArgument, count, example } from './arguments.ts';
import { connect } from './context.ts';
import type { Io } from './io.ts';
import { ago, type Cell, stateColor, took, writeJson, writeTable } from './output.ts';

/** `siskin history [APP [ENV]] --limit N` */
export function registerHistory(program: Command, io: Io): void {
  program
    .command('history')
    .description('the newest deployments, newest first')
    .addArgument(anyAppArgument())
    .addArgument(anyEnvironmentArgument())
    .option('--limit <n>', 'how many', count(200), 20)
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin history shop production --limit 5'))
    .action(async (app: string | undefined, environment: string | undefined, options, command: Command) => {
      const query = new URLSearchParams({ limit: String(options.limit) });
      if (app !== undefined) query.set('app', app);
      if (environment !== undefined) query.set('environment', environment);
      const client = await connect(command, io);
      const list = await client.get(`/api/v1/deployments?${query.toString()}`, deploymentListSchema);
      if (options.json) return writeJson(io, list);
      const headers = [
        'ID',
        'APP',
        'ENVIRONMENT',
        'RELEASE',
        'COMMIT',
        'STATE',
        'WHEN',
        'TOOK',
        'BY',
        'TITLE',
      ];
      writeTable(io, headers, list.deployments.map(rowOf), 'No deployments yet: push to a tracked branch.');
    });
}

const rowOf = (one: DeploymentSummary): Cell[] => [
  one.id,
  one.app,
  one.environment,
  one.release ?? '-',
  one.sha?.slice(0, 8) ?? '-',
  { text: one.state, color: stateColor(one.state) },
  ago(one.createdAt, new Date()),
  took(one.startedAt, one.finishedAt),
  one.actor.name,
  one.reason ?? one.title ?? '',
];
