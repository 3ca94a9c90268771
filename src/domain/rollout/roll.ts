import { replicaName } from '../names.ts';
import { equalWeight, splitTraffic } from '../traffic-split.ts';
import { bringUp } from './bring-up.ts';
import { type Fleet, isRunning, isServing, type Member, promisedReplicas, type Situation } from './fleet.ts';
import { replicaProgress } from './progress.ts';
import { retireAll } from './retire.ts';
import type { Step } from './step.ts';

/** How far the roll is to go now. */
export interface RollTarget {
  /** Replicas of the new release. */
  fresh: number;
  /** Replicas of the baseline that stay, if memory and promise allow. */
  baseline: number;
}

/**
 * The next step towards the target, never below the promised number of serving replicas and never above the
 * surge that `order` and `parallelism` allow.
 *
 * @returns undefined when the target is reached
 */
export function roll(situation: Situation, fleet: Fleet, target: RollTarget): Step | undefined {
  const weights = wantedWeights(situation, fleet);
  const retiring = fleet.baseline.filter(isLeaving);
  const retired = retireAll(situation, retiring, 'keep-stopped');
  if (typeof retired === 'object') return retired;

  const slots = freshSlots(situation, fleet, target);
  const raised = bringUp(situation, slots, weights.fresh, true);
  if (raised && raised.kind !== 'AwaitHealthy') return raised;

  const drained = drainOne(situation, fleet, target);
  if (drained) return drained;
  const reweighed = reweigh(fleet, weights);
  if (reweighed) return reweighed;
  if (raised) return raised;
  if (retired === 'waiting') return { kind: 'Wait', why: 'old replicas finish their requests' };
  if (slots.length < target.fresh) return { kind: 'Wait', why: 'room for the next replica' };
  return undefined;
}

/** A baseline replica that has been drained, or is on its way out. */
const isLeaving = ({ server, replica, progress }: Member): boolean =>
  server?.state === 'drain' ||
  (progress.drainBeganAt !== null && server?.state !== 'ready') ||
  (server === null && replica?.status === 'running');

/** The new replicas that exist, and as many more as there is room for. */
function freshSlots(situation: Situation, fleet: Fleet, target: RollTarget): Member[] {
  const { spec, release, progress } = situation;
  const running = [...fleet.fresh, ...fleet.baseline, ...fleet.strays].filter(isRunning).length;
  const stopped = fleet.fresh.filter((member) => !isRunning(member)).length;
  const served = progress.baseline?.slots.length ?? 0;
  const surge = spec.order === 'start-first' && served > 0 ? spec.parallelism : 0;
  const limit = Math.max(spec.replicas, served) + surge;
  let room = Math.max(0, limit - running - stopped);
  const slots: Member[] = [];
  for (let slot = 1; slot <= target.fresh; slot++) {
    const existing = fleet.fresh.find((member) => member.slot === slot);
    if (existing) slots.push(existing);
    else if (room-- > 0) {
      const name = replicaName(release, slot);
      const known = replicaProgress(progress, name);
      slots.push({ name, release, slot, replica: null, server: null, progress: known });
    }
  }
  const raising = slots.filter((member) => !isServing(member));
  const atOnce = served === 0 ? spec.replicas : spec.parallelism;
  const allowed = new Set(raising.slice(0, atOnce));
  return slots.filter((member) => isServing(member) || allowed.has(member) || member.replica !== null);
}

/** Takes one baseline replica out of traffic: a dead one at once, another if enough others serve. */
function drainOne(situation: Situation, fleet: Fleet, target: RollTarget): Step | undefined {
  const dead = fleet.baseline.find((member) => member.server?.state === 'ready' && !isRunning(member));
  if (dead) return { kind: 'Drain', replica: dead.name };
  const serving = fleet.baseline.filter(isServing);
  if (serving.length <= target.baseline) return undefined;
  const all = serving.length + fleet.fresh.filter(isServing).length;
  if (all - 1 < promisedReplicas(situation)) return undefined;
  const next = serving.at(-1);
  return next && { kind: 'Drain', replica: next.name };
}

function wantedWeights({ progress, spec }: Situation, fleet: Fleet): { fresh: number; baseline: number } {
  if (progress.phase !== 'canary') return { fresh: equalWeight, baseline: equalWeight };
  const split = splitTraffic(spec.canary.share, fleet.baseline.filter(isServing).length);
  return { fresh: split.canary, baseline: split.baseline };
}

/** Sets the weights that are not as wanted, once the new release has traffic. */
function reweigh(fleet: Fleet, wanted: { fresh: number; baseline: number }): Step | undefined {
  const fresh = fleet.fresh.filter(isServing);
  if (fresh.length === 0) return undefined;
  const weights: Record<string, number> = {};
  for (const { name, server } of fresh) if (server?.weight !== wanted.fresh) weights[name] = wanted.fresh;
  for (const { name, server } of fleet.baseline.filter(isServing))
    if (server?.weight !== wanted.baseline) weights[name] = wanted.baseline;
  return Object.keys(weights).length > 0 ? { kind: 'SetShare', weights } : undefined;
}
