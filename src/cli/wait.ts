import { type ActionAnswer, type DeploymentView, deploymentSchema } from '../api/schemas.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import type { Client } from './client.ts';
import { follow } from './deployment-events.ts';
import type { Io } from './io.ts';
import { writeJson } from './output.ts';
import { writeEvent } from './view/journal-line.ts';

export interface ActionOptions {
  wait?: boolean;
  json?: boolean;
}

/**
 * Tells what an action answered and, with `wait`, how its deployment goes, to its end.
 * @throws SiskinError DEPLOYMENT_NOT_SUCCEEDED when it was waited for and did not succeed, SERVER_ANSWER_INVALID
 */
export async function report(
  io: Io,
  client: Client,
  answer: ActionAnswer,
  options: ActionOptions,
): Promise<void> {
  const id = deploymentOf(answer);
  if (!options.wait) {
    if (options.json) writeJson(io, answer);
    else io.write(`${id}  follow it with: siskin logs ${id} -f\n`);
    return;
  }
  if (!options.json) io.write(`${id}\n`);
  for await (const event of follow(client, id, io.interrupted)) {
    if (!options.json) writeEvent(io, event);
  }
  const deployment = await client.get(`/api/v1/deployments/${id}`, deploymentSchema);
  if (options.json) writeJson(io, deployment);
  requireSuccess(deployment, answer);
}

/** Only freezing and unfreezing may concern no deployment. */
function deploymentOf({ deployment }: ActionAnswer): string {
  if (deployment !== null) return deployment;
  throw new SiskinError('SERVER_ANSWER_INVALID', 'The server did not name the deployment.');
}

/** For `rollback` of a deployment under way, that it was rolled back is the success. */
function requireSuccess({ id, state, reason }: DeploymentView, { command }: ActionAnswer): void {
  const wanted = command === 'rollback' ? 'rolled_back' : command === 'cancel' ? 'cancelled' : 'succeeded';
  if (state === wanted) return;
  throw new SiskinError(
    'DEPLOYMENT_NOT_SUCCEEDED',
    `${id} is ${state}${reason === null ? '' : `: ${reason}`}`,
    {
      hint: `See siskin show ${id}, and siskin logs ${id}.`,
    },
  );
}
