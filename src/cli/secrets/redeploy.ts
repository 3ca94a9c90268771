import { type Command, Option } from 'commander';
import type { SecretScope } from '../../adapters/age/secret-store.ts';
import { actionAnswerSchema, releaseListSchema } from '../../api/schemas.ts';
import { connect } from '../client/context.ts';
import type { LocalConfig } from '../local/local-config.ts';
import { actionPath } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';

export const redeployOption = (): Option =>
  new Option('--redeploy', 'roll the commit that serves out again, with the secrets of now');

/**
 * Asks the server to deploy the commit that serves, in each environment of the scope that has one: other secrets make it
 * another release, with a canary of its own.
 * @returns the deployments' ids
 */
export async function redeploy(
  command: Command,
  io: Io,
  { app, environment }: SecretScope,
  { environments }: LocalConfig,
): Promise<string[]> {
  const client = await connect(command, io);
  const made: string[] = [];
  for (const one of environment === null ? (environments.get(app) ?? []) : [environment]) {
    const { releases } = await client.get(
      `/api/v1/apps/${app}/environments/${one}/releases`,
      releaseListSchema,
    );
    const serving = releases.find(({ current }) => current);
    if (!serving) {
      io.writeError(`${app}/${one} has no release that serves: nothing to redeploy\n`);
      continue;
    }
    const answer = await client.post(
      actionPath(app, one, 'deploy'),
      { sha: serving.sha },
      actionAnswerSchema,
    );
    if (answer.deployment === null) continue;
    made.push(answer.deployment);
    io.writeError(
      `${app}/${one}: deployment ${answer.deployment} rolls ${serving.sha.slice(0, 7)} out again\n`,
    );
  }
  return made;
}
