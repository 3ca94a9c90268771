import type { Command } from 'commander';
import {
  appListSchema,
  type DeploymentSummary,
  deploymentListSchema,
  deploymentSchema,
} from '../api/schemas.ts';
import { isEndState } from '../domain/deployment.ts';
import type { Client } from './client/client.ts';
import { connect } from './client/context.ts';
import { noSuchEnvironment } from './client/no-such-environment.ts';
import { anyAppArgument, anyEnvironmentArgument, example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { writeJson } from './terminal/output.ts';
import { type CanaryCounts, canaryCounts } from './view/canary-counts.ts';
import { type Status, statusLines } from './view/status.ts';

/** `siskin status [APP [ENV]]` */
export function registerStatus(program: Command, io: Io): void {
  program
    .command('status')
    .description('what each environment runs, its newest deployment, and who has to do something')
    .addArgument(anyAppArgument())
    .addArgument(anyEnvironmentArgument())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin status', 'siskin status shop production --json'))
    .action(async (app: string | undefined, environment: string | undefined, options, command: Command) => {
      const statuses = await statusOf(await connect(command, io), app, environment);
      if (options.json) writeJson(io, { environments: statuses });
      else if (statuses.length === 0)
        io.write('No apps: write one into siskin.yaml; `siskin init` asks what it needs.\n');
      else io.write(`${statusLines(io, statuses, new Date()).join('\n')}\n`);
    });
}

async function statusOf(client: Client, app?: string, environment?: string): Promise<Status[]> {
  const { apps } = await client.get('/api/v1/apps', appListSchema);
  const all = apps.flatMap((one) => one.environments.map((its) => ({ app: one.app, ...its })));
  const wanted = all.filter(
    (one) => (app ?? one.app) === one.app && (environment ?? one.environment) === one.environment,
  );
  if (wanted.length === 0 && app !== undefined) throw noSuchEnvironment(all, app, environment);
  return Promise.all(
    wanted.map(async (one) => {
      const query = new URLSearchParams({ app: one.app, environment: one.environment, limit: '1' });
      const path = `/api/v1/deployments?${query.toString()}`;
      const [deployment = null] = (await client.get(path, deploymentListSchema)).deployments;
      return {
        app: one.app,
        environment: one.environment,
        current: one.current,
        previous: one.previous,
        frozen: one.frozen,
        deployment,
        canary: await countsOf(client, deployment),
      };
    }),
  );
}

/** Only a deployment that runs is asked for its verdict. */
async function countsOf(client: Client, deployment: DeploymentSummary | null): Promise<CanaryCounts | null> {
  if (deployment === null || deployment.release === null || isEndState(deployment.state)) return null;
  return canaryCounts((await client.get(`/api/v1/deployments/${deployment.id}`, deploymentSchema)).verdict);
}
