import type { Command } from 'commander';
import { type DeploymentSummary, deploymentListSchema, releaseListSchema } from '../api/schemas.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { actionPath, anyAppArgument, anyEnvironmentArgument, count, example } from './arguments.ts';
import type { Client } from './client.ts';
import { connect } from './context.ts';
import type { Io } from './io.ts';
import { ago, type Cell, stateColor, took, writeJson, writeTable } from './output.ts';

/** `siskin history [APP [ENV]] --limit N`, `siskin history APP ENV --releases` */
export function registerHistory(program: Command, io: Io): void {
  program
    .command('history')
    .description('the newest deployments, newest first')
    .addArgument(anyAppArgument())
    .addArgument(anyEnvironmentArgument())
    .option('--limit <n>', 'how many', count(200), 20)
    .option('--releases', 'the releases that are kept, instead of the deployments')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      example('siskin history shop production --limit 5', 'siskin history shop production --releases'),
    )
    .action(async (app: string | undefined, environment: string | undefined, options, command: Command) => {
      if (options.releases) {
        const client = await connect(command, io);
        return writeReleases(io, client, { app, environment, json: options.json === true });
      }
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

async function writeReleases(
  io: Io,
  client: Client,
  { app, environment, json }: { app: string | undefined; environment: string | undefined; json: boolean },
): Promise<void> {
  if (app === undefined || environment === undefined) {
    throw new SiskinError('ARGUMENT_INVALID', '--releases needs an app and its environment.');
  }
  const list = await client.get(actionPath(app, environment, 'releases'), releaseListSchema);
  if (json) return writeJson(io, list);
  const rows = list.releases.map((one): Cell[] => [
    one.current ? { text: `${one.release} *`, color: 'green' } : one.release,
    one.sha.slice(0, 12),
    one.servedWell ? 'served well' : one.built ? 'built' : 'not built',
    ago(one.createdAt, new Date()),
    one.title,
  ]);
  writeTable(io, ['RELEASE', 'COMMIT', 'STATE', 'WHEN', 'TITLE'], rows, 'No releases yet.');
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
