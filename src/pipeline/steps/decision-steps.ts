import type { DeploymentState, Release } from '../../domain/deployment.ts';
import type { HoldCause, JournalEvent } from '../../domain/journal.ts';
import { withoutImages } from '../../domain/release.ts';
import { type ServiceSituation, stateOfAll } from '../../domain/rollout-of-all.ts';
import type { RunContext } from '../run-context.ts';
import type { Executor, StepContext } from './executor.ts';

/** Enters a state that goes on, so has no reason yet: the record first, for people look there, then the journal. */
export async function enter(
  { world, lease, deployment }: Pick<RunContext, 'world' | 'lease' | 'deployment'>,
  state: DeploymentState,
): Promise<JournalEvent> {
  await world.store.update(lease, deployment.id, { state, reason: null });
  return { type: 'state', state };
}

/** One service enters a state; the deployment's is that of all. */
export async function enterOne(
  context: Omit<StepContext, 'observed'>,
  state: DeploymentState,
  why: { reason?: string; cause?: HoldCause } = {},
): Promise<JournalEvent[]> {
  const { world, lease, deployment, all } = context;
  const others = othersOf(context).map(({ progress }) => progress);
  const together = stateOfAll(state, others);
  await world.store.update(lease, deployment.id, { state: together, reason: why.reason ?? null });
  const event: JournalEvent = { type: 'state', state: together, ...why };
  return all.length === 1 ? [event] : [event, { type: 'service-state', state, ...why }];
}

const othersOf = ({ all, release }: Omit<StepContext, 'observed'>): ServiceSituation[] =>
  all.filter(({ service }) => service !== release.spec.service);

export const hold: Executor<'Hold'> = (context, { cause, reason }) =>
  enterOne(context, 'held', { reason, cause });

export const resume: Executor<'Resume'> = async (context, { anew }) => {
  const state = await enterOne(context, 'canary');
  return anew ? [...state, { type: 'observation-began' }] : state;
};

/** The freeze is the environment's: newer pushes wait as well. It is set first, for a takeover reads it. */
export const freeze: Executor<'Freeze'> = async (context, { reason }) => {
  const { world, lease, app, interruptions, journal } = context;
  if (interruptions.frozen === null) {
    await world.store.freeze(lease, app, { by: 'siskin', reason, at: journal.clock.at() });
    await interruptions.refresh();
  }
  return enterOne(context, 'frozen', { reason });
};

export const thaw: Executor<'Thaw'> = async (context, { state }) => [
  ...(await enterOne(context, state)),
  { type: 'observation-began' },
];

export const promote: Executor<'Promote'> = async (context, { reason, evidence, promotes }) => [
  ...(await enterOne(context, 'rolling')),
  { type: 'promoted', reason, evidence, promotes },
];

/** The release serves when the last of its services does. */
export const watch: Executor<'Watch'> = async (context) => {
  const last = othersOf(context).every(({ progress }) => progress.phase === 'watching');
  if (last) await serve(context, context.whole.release);
  return enterOne(context, 'watching');
};

export const rollBack: Executor<'RollBack'> = async (_context, { outcome, reason, evidence }) => [
  { type: 'rollback-began', outcome, reason, evidence },
];

export const finish: Executor<'Finish'> = async (context, { outcome, reason }) => {
  const { world, lease, deployment, whole, journal } = context;
  if (outcome === 'succeeded') await world.store.updateRelease(lease, { ...whole, servedWell: true });
  const serving = outcome === 'succeeded' || stillServes(context) ? whole.release : servedBefore(context);
  await removeImages(context, serving);
  await serve(context, serving);
  const finishedAt = journal.clock.at();
  const { current } = context.interruptions;
  const supersededBy = outcome === 'superseded' && current?.kind === 'superseded' ? current.by : null;
  await world.store.update(lease, deployment.id, { state: outcome, reason, finishedAt, supersededBy });
  return [{ type: 'finished', outcome, reason }];
};

/** What served before; a service that is new has nothing to go back to. */
const servedBefore = ({ all }: StepContext): number | null =>
  all.find(({ progress }) => progress.baseline !== null)?.progress.baseline?.release ?? null;

/** Releases whose images stay for a rollback, the one that serves included. */
const keptImages = 5;

/** The images of a release that came to nothing go, and those that no rollback will want any more. */
async function removeImages({ world, lease, app }: StepContext, serving: number | null): Promise<void> {
  const releases = await world.store.releases(app);
  const worthKeeping = releases
    .filter((one) => one.servedWell || one.release === serving)
    .map((one) => one.release)
    .slice(-keptImages);
  for (const old of releases) {
    const images = imagesOf(old);
    if (images.length === 0 || worthKeeping.includes(old.release)) continue;
    for (const image of images) await world.images.remove(image);
    await world.store.updateRelease(lease, withoutImages(old));
  }
}

const imagesOf = ({ services }: Release): string[] => [
  ...new Set(services.flatMap(({ image, imageId }) => (imageId === null ? [] : [image]))),
];

/** A rollback that could bring nothing back left the new release in place. */
const stillServes = ({ all, whole }: StepContext): boolean =>
  all
    .filter(({ progress }) => progress.began)
    .every(({ observed }) =>
      observed.servers.some(({ name, state }) => state === 'ready' && name.startsWith(`r${whole.release}-`)),
    );

/** Records what serves now, and the newest release before it that served well: where a rollback goes. */
async function serve({ world, lease, app }: StepContext, current: number | null): Promise<void> {
  const releases = await world.store.releases(app);
  const before = releases.filter(({ release, servedWell }) => servedWell && release < (current ?? 0));
  const previous = before.length === 0 ? null : Math.max(...before.map(({ release }) => release));
  await world.store.setServing(lease, app, { current, previous });
}
