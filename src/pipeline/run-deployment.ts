import { type Deployment, type EndState, isEndState, type Release } from '../domain/deployment.ts';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';
import { releaseName } from '../domain/names.ts';
import { isBuilt } from '../domain/release.ts';
import { bringUpAccessories } from './accessories/bring-up.ts';
import { anySignal } from './any-signal.ts';
import type { AppEnvironment } from './app-environment.ts';
import { withPostDeploy } from './hooks/post-deploy.ts';
import { endHooks, preDeploy } from './hooks/pre-deploy.ts';
import { Interruptions } from './interruptions.ts';
import { Journal } from './journal.ts';
import type { Lease } from './ports.ts';
import { type RunContext, RunStopped, type World } from './run-context.ts';
import { backUpFirst } from './stages/back-up.ts';
import { buildRelease } from './stages/build.ts';
import { fetchRelease, type NothingToDo } from './stages/fetch.ts';
import { patiently } from './stages/patience.ts';
import { restoreRecords } from './stages/restore.ts';
import { rollOut } from './stages/rollout.ts';
import { checkAnalysis } from './steps/conditions.ts';
import { enter } from './steps/decision-steps.ts';

/**
 * Runs one deployment to its end, from wherever it stands: fetch, build, roll out.
 *
 * @param stop aborted when this worker closes: it returns where it stands, by RunStopped
 * @throws SiskinError LEASE_LOST when another worker goes on with it, DEPLOYMENT_ENDED when it was superseded while
 *   it was still queued
 */
export async function runDeployment(
  world: World,
  app: AppEnvironment,
  lease: Lease,
  deployment: Deployment,
  stop: AbortSignal,
): Promise<void> {
  const journal = await Journal.open(world.store, lease, deployment.id, world.clock);
  const interruptions = new Interruptions(app, deployment.id, world.store, world.signals, (err) => {
    world.log.warn({ deployment: deployment.id, err }, 'what is wanted could not be read; it is read again');
  });
  const work = anySignal([interruptions.ending, lease.lost, stop]);
  const context: RunContext = {
    world,
    app,
    lease,
    deployment,
    journal,
    interruptions,
    stop,
    work: work.signal,
  };
  try {
    await interruptions.refresh();
    if (journal.rolloutBegan) await resumeRollout(context);
    else await begin(context);
  } finally {
    work.unlink();
    interruptions.close();
  }
}

async function begin(context: RunContext): Promise<void> {
  const { world, lease, deployment, journal } = context;
  try {
    if (endedEarly(context)) return await endEarly(context);
    const startedAt = deployment.startedAt ?? journal.clock.at();
    await world.store.update(lease, deployment.id, { startedAt });
    await journal.append(await enter(context, 'fetching'));
    await patiently(context, () => restoreRecords(world, context.app, lease));
    const fetched = await patiently(context, () => fetchRelease(context));
    if ('nothingToDo' in fetched) return await nothingToDo(context, fetched);
    await checkAnalysis(context, fetched.release);
    if (!isBuilt(fetched.release)) await journal.append(await enter(context, 'building'));
    const release = await patiently(context, () => buildRelease(context, fetched.release));
    if (endedEarly(context)) return await endEarly(context);
    await journal.append(await enter(context, 'preparing'));
    await bringUpAccessories(context, release);
    await patiently(context, () => backUpFirst(context));
    if (endedEarly(context)) return await endEarly(context);
    await preDeploy(context, release);
    await withPostDeploy(context, release, rollOut);
  } catch (error) {
    if (isNotItsFailure(error)) throw error;
    if (context.stop.aborted) throw new RunStopped();
    if (lease.lost.aborted) throw new SiskinError('LEASE_LOST', 'the lease was lost', { cause: error });
    if (endedEarly(context)) return await endEarly(context);
    await end(context, 'failed', sentenceOf(error));
  }
}

async function resumeRollout(context: RunContext): Promise<void> {
  const { world, app, deployment } = context;
  const record = await world.store.deployment(deployment.id);
  const number = record?.release ?? 0;
  const release = await world.store.release(app, number);
  if (!release) return end(context, 'failed', `release ${releaseName(number)} is not on record any more`);
  await withPostDeploy(context, release, rollOut);
}

/** A push that arrived late, or again: the branch's head is what already serves. */
async function nothingToDo(
  context: RunContext,
  { nothingToDo, release: record }: { nothingToDo: NothingToDo; release: Release },
): Promise<void> {
  const { world, deployment } = context;
  const { target } = deployment;
  const { release } = record;
  await bringUpAccessories(context, record);
  if (nothingToDo === 'paths unchanged') {
    const reason = `paths-unchanged: nothing of apps.${record.app}.paths changed since ${record.sha.slice(0, 7)}, which ${releaseName(release)} serves`;
    return end(context, 'succeeded', reason);
  }
  const late = target.kind === 'branch' && target.pushedSha !== null && target.pushedSha !== record.sha;
  if (late && record.deployment !== deployment.id) {
    await world.store.update(context.lease, deployment.id, { supersededBy: record.deployment });
    const reason = `the branch has moved on to ${record.sha.slice(0, 7)}, which ${releaseName(release)} already serves`;
    return end(context, 'superseded', reason);
  }
  return end(context, 'succeeded', `${releaseName(release)} of this commit already serves: nothing to do`);
}

/**
 * Not this deployment's failure: somebody else has it, or has ended it (a newer push supersedes what is still queued at
 * any moment), or Redis was away for a moment, after which the run is repeated from where it stood.
 */
const isNotItsFailure = (error: unknown): boolean =>
  error instanceof SiskinError &&
  ['LEASE_LOST', 'DEPLOYMENT_ENDED', 'STORE_UNAVAILABLE'].includes(error.code);

const endedEarly = ({ interruptions }: RunContext): boolean =>
  interruptions.current !== null && interruptions.current.kind !== 'promote';

async function endEarly(context: RunContext): Promise<void> {
  const { interruptions, world, lease, deployment } = context;
  const interruption = interruptions.current;
  if (interruption?.kind === 'superseded') {
    await world.store.update(lease, deployment.id, { supersededBy: interruption.by });
    return end(context, 'superseded', `superseded by ${interruption.by} before any traffic moved`);
  }
  return end(context, 'cancelled', 'cancelled by a person before any traffic moved');
}

async function end(context: RunContext, outcome: EndState, reason: string): Promise<void> {
  const { world, lease, deployment, journal, app } = context;
  await endHooks(context);
  const finishedAt = journal.clock.at();
  await journal.append({ type: 'finished', outcome, reason });
  await world.store.log(deployment.id, [`${outcome}: ${reason}`]);
  await world.store.update(lease, deployment.id, { state: outcome, reason, finishedAt });
  world.log.info({ app: app.app, environment: app.environment, deployment: deployment.id, outcome }, reason);
}

const sentenceOf = (error: unknown): string => {
  if (!(error instanceof SiskinError)) return messageOf(error);
  const { file, line, column, key } = error.location ?? {};
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const where = place === '' || error.message.includes(place) ? '' : `${place}${key ? ` ${key}` : ''}: `;
  return `${where}${error.message}`;
};

/** Whether there is anything left to run of it. */
export const isUnfinished = (deployment: Deployment): boolean => !isEndState(deployment.state);
