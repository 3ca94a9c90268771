import type { Command } from 'commander';
import { actionAnswerSchema, type DeploymentSummary, deploymentListSchema } from '../api/schemas.ts';
import { isEndState } from '../domain/deployment.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { connect } from './client/context.ts';
import { type ActionOptions, report } from './client/wait.ts';
import { actionPath, appArgument, environmentArgument, example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

/** `siskin retry APP ENV [--force] [--wait]` */
export function registerRetry(program: Command, io: Io): void {
  program
    .command('retry')
    .description('deploy again what the newest deployment was to bring')
    .addArgument(appArgument())
    .addArgument(environmentArgument())
    .option('--force', 'also when it succeeded')
    .option('--wait', 'until it has ended; exit 1 unless it succeeded')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin retry shop production --wait'))
    .action(
      async (
        app: string,
        environment: string,
        options: ActionOptions & { force?: boolean },
        command: Command,
      ) => {
        const client = await connect(command, io);
        const query = new URLSearchParams({ app, environment, limit: '20' });
        const list = await client.get(`/api/v1/deployments?${query.toString()}`, deploymentListSchema);
        const body = retryOf(`${app}/${environment}`, list.deployments, options.force === true);
        const answer = await client.post(actionPath(app, environment, 'deploy'), body, actionAnswerSchema);
        await report(io, client, answer, options);
      },
    );
}

/**
 * What to ask `deploy` for: the very commit that was fetched, the head where it never came to that, or the release.
 * @param deployments newest first
 * @throws SiskinError RETRY_RUNNING, RETRY_NOT_NEEDED, RETRY_NOTHING
 */
export function retryOf(
  environment: string,
  deployments: readonly DeploymentSummary[],
  force: boolean,
): Record<string, string> {
  const running = deployments.find(({ state }) => !isEndState(state));
  if (running) throw new SiskinError('RETRY_RUNNING', `${running.id} of ${environment} is ${running.state}.`);
  const [newest] = deployments;
  if (!newest) throw new SiskinError('RETRY_NOTHING', `${environment} was never deployed.`);
  if (newest.state === 'succeeded' && !force) {
    throw new SiskinError('RETRY_NOT_NEEDED', `${newest.id} of ${environment} succeeded.`);
  }
  const { target, sha } = newest;
  if (target.kind === 'release') return { release: target.release };
  const commit = target.kind === 'commit' ? target.sha : sha;
  return commit === null ? {} : { sha: commit };
}
