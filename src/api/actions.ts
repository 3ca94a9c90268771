import type { z } from 'zod';
import type { Actor, Deployment, DeploymentState, DeploymentTarget } from '../domain/deployment.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { type EnvironmentKey, environmentId, releaseName } from '../domain/names.ts';
import type { DeploymentCommand } from '../pipeline/ports.ts';
import { hasEnded } from './deployment-view.ts';
import type { ApiDependencies, AuditNote } from './ports.ts';
import type { ActionAnswer, deployBodySchema, rollbackBodySchema } from './schemas.ts';

/** What acting needs. */
export type Acting = Pick<ApiDependencies, 'history' | 'requests'>;

/** Who acts on which environment. */
export interface Asked {
  key: EnvironmentKey;
  branch: string;
  actor: Actor;
  /** Where it came from: an address, or a Slack channel. */
  from: string | null;
}

/** Deploys the head of the environment's branch, one commit, or a release that is kept. @throws SiskinError REQUEST_INVALID, NOT_FOUND */
export async function deploy(
  dependencies: Acting,
  asked: Asked,
  { ref, sha, release }: z.infer<typeof deployBodySchema>,
): Promise<ActionAnswer> {
  if ([ref, sha, release].filter((one) => one !== undefined).length > 1) {
    throw new SiskinError('REQUEST_INVALID', 'Give one of ref, sha and release, not several.');
  }
  if (ref !== undefined && ref !== asked.branch && ref !== `refs/heads/${asked.branch}`) {
    throw new SiskinError(
      'REQUEST_INVALID',
      `${environmentId(asked.key)} deploys the branch ${asked.branch} only.`,
    );
  }
  if (release !== undefined) return requestRelease(dependencies, asked, numberOf(release), 'deploy');
  if (sha !== undefined) return request(dependencies, asked, { kind: 'commit', sha }, 'deploy');
  return request(dependencies, asked, { kind: 'branch', pushedSha: null, forced: false }, 'deploy');
}

/**
 * Goes back: to the release named; else, while a deployment moves or watches traffic, to where it came from;
 * else to the release that served before.
 * @throws SiskinError NOT_FOUND, NO_PREVIOUS_RELEASE
 */
export async function rollBack(
  dependencies: Acting,
  asked: Asked,
  { release }: z.infer<typeof rollbackBodySchema>,
): Promise<ActionAnswer> {
  if (release !== undefined) return requestRelease(dependencies, asked, numberOf(release), 'rollback');
  const running = await runningDeployment(dependencies, asked);
  if (running && movesTraffic.includes(running.state))
    return command(dependencies, asked, running.id, 'rollback');
  const { previous } = await dependencies.history.environment(asked.key);
  if (previous === null) {
    throw new SiskinError(
      'NO_PREVIOUS_RELEASE',
      `${environmentId(asked.key)} has no release before this one.`,
    );
  }
  return requestRelease(dependencies, asked, previous, 'rollback');
}

/** Cancels or promotes the deployment that runs. @throws SiskinError NOTHING_RUNNING */
export async function cancelOrPromote(
  dependencies: Acting,
  asked: Asked,
  what: 'cancel' | 'promote',
): Promise<ActionAnswer> {
  const running = await runningDeployment(dependencies, asked);
  if (running) return command(dependencies, asked, running.id, what);
  throw new SiskinError('NOTHING_RUNNING', `No deployment of ${environmentId(asked.key)} is running.`);
}

const movesTraffic: readonly DeploymentState[] = ['canary', 'held', 'frozen', 'rolling', 'watching'];

/** The deployment that a worker has, else one that waits for it. @returns null when all have ended */
export async function runningDeployment({ history }: Acting, { key }: Asked): Promise<Deployment | null> {
  const newest = await history.list({ ...key, limit: 20 });
  const unfinished = newest.filter((one) => !hasEnded(one));
  // While the newest waits in the queue, the one that runs is the one before it.
  return unfinished.find((one) => one.state !== 'queued') ?? unfinished[0] ?? null;
}

async function requestRelease(
  dependencies: Acting,
  asked: Asked,
  release: number,
  action: string,
): Promise<ActionAnswer> {
  const state = await dependencies.history.releaseState(asked.key, release);
  if (!state?.built) {
    const what = state ? 'was never built' : 'does not exist';
    throw new SiskinError('NOT_FOUND', `${environmentId(asked.key)} ${releaseName(release)} ${what}.`);
  }
  return request(dependencies, asked, { kind: 'release', release }, action);
}

async function request(
  { requests }: Acting,
  { key, branch, actor, from }: Asked,
  target: DeploymentTarget,
  action: string,
): Promise<ActionAnswer> {
  const { deployment, superseded } = await requests.request({ ...key, branch, target, actor, from, action });
  return { deployment, command: null, superseded };
}

/** Tells a deployment that runs what a person wants of it. @throws SiskinError NOT_FOUND, DEPLOYMENT_ENDED */
export async function command(
  { history }: Acting,
  { key, actor, from }: Asked,
  id: string,
  what: DeploymentCommand,
): Promise<ActionAnswer> {
  const audit: AuditNote = {
    actor,
    from,
    action: what,
    detail: `${environmentId(key)} ${id}`,
  };
  await history.addCommand(id, what, audit);
  return { deployment: id, command: what, superseded: null };
}

const numberOf = (release: string): number => Number(release.slice(1));
