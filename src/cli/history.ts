import type { Command } from 'commander';
import { appListSchema, deploymentListSchema, releaseListSchema } from '../api/schemas.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import type { Client } from './client/client.ts';
import { connect } from './client/context.ts';
import { noSuchEnvironment } from './client/no-such-environment.ts';
import { actionPath, anyAppArgument, anyEnvironmentArgument, count, example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { writeJson } from './terminal/output.ts';
import { historyHeaders, historyRow, nothingYet, releaseHeaders, releaseRow } from './view/history.ts';
import { writeTable } from './view/table.ts';

interface HistoryOptions {
  limit: number;
  releases?: boolean;
  json?: boolean;
}

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
      const write = options.releases ? writeReleases : writeDeployments;
      await write(io, await connect(command, io), app, environment, options);
    });
}

async function writeDeployments(
  io: Io,
  client: Client,
  app: string | undefined,
  environment: string | undefined,
  { limit, json }: HistoryOptions,
): Promise<void> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (app !== undefined) query.set('app', app);
  if (environment !== undefined) query.set('environment', environment);
  const list = await client.get(`/api/v1/deployments?${query.toString()}`, deploymentListSchema);
  if (json) return writeJson(io, list);
  const now = new Date();
  const rows = list.deployments.map((one) => historyRow(one, now));
  if (rows.length === 0 && app !== undefined) await requireKnown(client, app, environment);
  writeTable(io, historyHeaders, rows, nothingYet(app, environment));
}

/** An app that siskin.yaml no longer names may have a history; one that has none is a slip of the keyboard. */
async function requireKnown(client: Client, app: string, environment: string | undefined): Promise<void> {
  const { apps } = await client.get('/api/v1/apps', appListSchema);
  const all = apps.flatMap((one) =>
    one.environments.map((its) => ({ app: one.app, environment: its.environment })),
  );
  const known = all.some((one) => one.app === app && (environment ?? one.environment) === one.environment);
  if (!known) throw noSuchEnvironment(all, app, environment);
}

async function writeReleases(
  io: Io,
  client: Client,
  app: string | undefined,
  environment: string | undefined,
  { json }: HistoryOptions,
): Promise<void> {
  if (app === undefined || environment === undefined) {
    throw new SiskinError('ARGUMENT_INVALID', '--releases needs an app and its environment.');
  }
  const list = await client.get(actionPath(app, environment, 'releases'), releaseListSchema);
  if (json) return writeJson(io, list);
  const now = new Date();
  const rows = list.releases.map((one) => releaseRow(one, now));
  writeTable(io, releaseHeaders, rows, 'No releases yet.');
}
