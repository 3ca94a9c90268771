import type { DeploymentState } from '../../domain/deployment.ts';
import type { JournalEvent } from '../../domain/journal.ts';
import type { RunContext } from '../run-context.ts';
import type { Executor, StepContext } from './executor.ts';

/** Enters a state that goes on, so has no reason yet: the record first, for people look there, then the journal. */
export async function enter(
  { world, lease, deployment }: RunContext,
  state: DeploymentState,
): Promise<JournalEvent> {
  await world.store.update(lease, deployment.id, { state, reason: null });
  return { type: 'state', state };
}

export const hold: Executor<'Hold'> = async (context, { cause, reason }) => {
  const { world, lease, deployment } = context;
  await world.store.update(lease, deployment.id, { state: 'held', reason });
  return [{ type: 'state', state: 'held', reason, cause }];
};

export const resume: Executor<'Resume'> = async (context, { anew }) => {
  const state = await enter(context, 'canary');
  return anew ? [state, { type: 'observation-began' }] : [state];
};

/** The freeze is the environment's: newer pushes wait as well. It is set first, for a takeover reads it. */
export const freeze: Executor<'Freeze'> = async (context, { reason }) => {
  const { world, lease, app, deployment, interruptions, journal } = context;
  if (interruptions.frozen === null) {
    await world.store.freeze(lease, app, { by: 'siskin', reason, at: journal.clock.at() });
    await interruptions.refresh();
  }
  await world.store.update(lease, deployment.id, { state: 'frozen', reason });
  return [{ type: 'state', state: 'frozen', reason }];
};

export const thaw: Executor<'Thaw'> = async (context, { state }) => [
  await enter(context, state),
  { type: 'observation-began' },
];

export const promote: Executor<'Promote'> = async (context, { reason, evidence, promotes }) => [
  await enter(context, 'rolling'),
  { type: 'promoted', reason, evidence, promotes },
];

export const watch: Executor<'Watch'> = async (context) => {
  await serve(context, context.release.release);
  return [await enter(context, 'watching')];
};

export const rollBack: Executor<'RollBack'> = async (_context, { outcome, reason, evidence }) => [
  { type: 'rollback-began', outcome, reason, evidence },
];

export const finish: Executor<'Finish'> = async (context, { outcome, reason }) => {
  const { world, lease, deployment, release, journal } = context;
  if (outcome === 'succeeded') await world.store.updateRelease(lease, { ...release, servedWell: true });
  const baseline = journal.progress.baseline?.release ?? null;
  const serving = outcome === 'succeeded' || stillServes(context) ? release.release : baseline;
  await removeImages(context, serving);
  await serve(context, serving);
  const finishedAt = journal.clock.at();
  const { current } = context.interruptions;
  const supersededBy = outcome === 'superseded' && current?.kind === 'superseded' ? current.by : null;
  await world.store.update(lease, deployment.id, { state: outcome, reason, finishedAt, supersededBy });
  return [{ type: 'finished', outcome, reason }];
};

/** Releases whose images stay for a rollback, the one that serves included. */
const keptImages = 5;

/** The image of a release that came to nothing goes, and those that no rollback will want any more. */
async function removeImages({ world, lease, app }: StepContext, serving: number | null): Promise<void> {
  const releases = await world.store.releases(app);
  const worthKeeping = releases
    .filter((one) => one.servedWell || one.release === serving)
    .map((one) => one.release)
    .slice(-keptImages);
  for (const old of releases) {
    if (old.imageId === null || worthKeeping.includes(old.release)) continue;
    await world.images.remove(old.image);
    await world.store.updateRelease(lease, { ...old, imageId: null });
  }
}

/** A rollback that could bring nothing back left the new release in place. */
const stillServes = ({ observed, release }: StepContext): boolean =>
  observed.servers.some(({ name, state }) => state === 'ready' && name.startsWith(`r${release.release}-`));

/** Records what serves now, and the newest release before it that served well: where a rollback goes. */
async function serve({ world, lease, app }: StepContext, current: number | null): Promise<void> {
  const releases = await world.store.releases(app);
  const before = releases.filter(({ release, servedWell }) => servedWell && release < (current ?? 0));
  const previous = before.length === 0 ? null : Math.max(...before.map(({ release }) => release));
  await world.store.setServing(lease, app, { current, previous });
}
