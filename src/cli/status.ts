import type { Command } from 'commander';
import {
  type AppListView,
  appListSchema,
  type DeploymentSummary,
  deploymentListSchema,
} from '../api/schemas.ts';
import { anyAppArgument, anyEnvironmentArgument, example } from './arguments.ts';
import type { Client } from './client.ts';
import { connect } from './context.ts';
import type { Io } from './io.ts';
import { ago, type Cell, stateColor, writeJson, writeTable } from './output.ts';

type EnvironmentView = AppListView['apps'][number]['environments'][number];

interface Status {
  app: string;
  environment: string;
  current: string | null;
  previous: string | null;
  /** Who made it stand still for a person, and why; null while it goes on. */
  frozen: EnvironmentView['frozen'];
  /** The newest deployment; null when there never was one. */
  deployment: DeploymentSummary | null;
}

/** `siskin status [APP [ENV]]` */
export function registerStatus(program: Command, io: Io): void {
  program
    .command('status')
    .description('what each environment runs, and its newest deployment')
    .addArgument(anyAppArgument())
    .addArgument(anyEnvironmentArgument())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin status', 'siskin status shop production --json'))
    .action(async (app: string | undefined, environment: string | undefined, options, command: Command) => {
      const statuses = await statusOf(await connect(command, io), app, environment);
      if (options.json) return writeJson(io, { environments: statuses });
      const headers = ['APP', 'ENVIRONMENT', 'RELEASE', 'DEPLOYMENT', 'STATE', 'SINCE', 'TITLE'];
      writeTable(io, headers, statuses.map(rowOf), 'No such environment.');
    });
}

async function statusOf(client: Client, app?: string, environment?: string): Promise<Status[]> {
  const { apps } = await client.get('/api/v1/apps', appListSchema);
  const wanted = apps
    .flatMap((one) => one.environments.map((its) => ({ app: one.app, ...its })))
    .filter((one) => (app ?? one.app) === one.app && (environment ?? one.environment) === one.environment);
  return Promise.all(
    wanted.map(async (one) => {
      const query = new URLSearchParams({ app: one.app, environment: one.environment, limit: '1' });
      const { deployments } = await client.get(
        `/api/v1/deployments?${query.toString()}`,
        deploymentListSchema,
      );
      const { current, previous, frozen } = one;
      return {
        app: one.app,
        environment: one.environment,
        current,
        previous,
        frozen,
        deployment: deployments[0] ?? null,
      };
    }),
  );
}

function rowOf({ app, environment, current, deployment, frozen }: Status): Cell[] {
  const release = current ?? '-';
  const still = frozen && `frozen by ${frozen.by}, ${ago(frozen.at, new Date())}: ${frozen.reason}`;
  if (deployment === null) {
    const state: Cell = frozen ? { text: 'frozen', color: stateColor('frozen') } : '-';
    return [app, environment, release, '-', state, '', still ?? 'never deployed'];
  }
  const { id, state, title, reason } = deployment;
  const since = ago(deployment.finishedAt ?? deployment.startedAt ?? deployment.createdAt, new Date());
  return [
    app,
    environment,
    release,
    id,
    stateCell(state, frozen !== null),
    since,
    still ?? reason ?? title ?? '',
  ];
}

/** Newer pushes wait while an environment is frozen, also where its newest deployment has ended. */
const stateCell = (state: DeploymentSummary['state'], frozen: boolean): Cell =>
  frozen && state !== 'frozen'
    ? { text: `${state}, frozen`, color: stateColor('frozen') }
    : { text: state, color: stateColor(state) };
