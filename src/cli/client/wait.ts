import { type ActionAnswer, type DeploymentView, deploymentSchema } from '../../api/schemas.ts';
import { isEndState } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { watchLive } from '../live/watch.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, paint, took, writeJson } from '../terminal/output.ts';
import { foldTicks } from '../view/fold-ticks.ts';
import { writeEvent } from '../view/journal-line.ts';
import type { Client } from './client.ts';
import { follow } from './deployment-events.ts';

export interface ActionOptions {
  wait?: boolean;
  json?: boolean;
}

/**
 * Tells what an action answered and, with `wait`, how its deployment goes, to its end: drawn in place on a terminal,
 * line by line elsewhere, as one JSON object at the end with `json`.
 * @throws SiskinError DEPLOYMENT_NOT_SUCCEEDED when it was waited for and did not succeed, WAIT_INTERRUPTED after Ctrl-C,
 *   SERVER_ANSWER_INVALID
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
  if (!options.json && io.live) await watchLive(io, client, id);
  else await writeLines(io, client, id, options.json === true);
  const deployment = await client.get(`/api/v1/deployments/${id}`, deploymentSchema);
  if (options.json) writeJson(io, deployment);
  if (!isEndState(deployment.state)) throw interrupted(deployment);
  requireSuccess(deployment, answer);
  if (!options.json) io.write(`${successLine(io, deployment)}\n`);
}

async function writeLines(io: Io, client: Client, id: string, quiet: boolean): Promise<void> {
  if (!quiet) io.write(`${id}\n`);
  for await (const event of foldTicks(follow(client, id, io.interrupted))) if (!quiet) writeEvent(io, event);
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

const interrupted = ({ id, app, environment, state }: DeploymentView): SiskinError =>
  new SiskinError('WAIT_INTERRUPTED', `Not waited for any longer; ${id} goes on, it is ${state} now.`, {
    hint: `Follow it with siskin logs ${id} -f, end it with siskin cancel ${app} ${environment}.`,
  });

function successLine(
  io: Io,
  { id, state, release, baseline, createdAt, finishedAt }: DeploymentView,
): string {
  const serves = state === 'succeeded' ? release : baseline;
  const now = serves === null ? '' : `, ${serves} serves`;
  return neutral(`${id} ${state} after ${took(createdAt, finishedAt)}${now}`).replace(
    state,
    paint(io, 'green', state),
  );
}
