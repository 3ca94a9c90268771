import type { VerdictEvidence } from '../journal.ts';
import { equalWeight } from '../traffic-split.ts';
import { bringUp } from './bring-up.ts';
import { type Fleet, isRunning, isServing, type Member, promisedReplicas, type Situation } from './fleet.ts';
import type { Progress } from './progress.ts';
import { retireAll } from './retire.ts';
import type { Step } from './step.ts';

/**
 * Undoes the rollout: the router first, containers later. The baseline's replicas come back as they were, the
 * new release leaves as soon as one of them serves, and nothing of it stays.
 */
export function rollBackStep(
  situation: Situation,
  fleet: Fleet,
  rollBack: NonNullable<Progress['rollBack']>,
): Step {
  const reattached = reattach(situation, fleet);
  if (reattached) return reattached;

  const lost = fleet.baseline.filter(({ progress }) => progress.failure !== null);
  if (fleet.baseline.length > 0 && lost.length === fleet.baseline.length)
    return giveWay(situation, fleet, rollBack.reason);

  const left = retireAll(situation, leavingNow(situation, fleet, rollBack.evidence), 'remove');
  if (typeof left === 'object') return left;

  const restored = restore(situation, fleet);
  if (restored) return restored;
  if (left === 'waiting') return { kind: 'Wait', why: 'the new release finishes its requests' };
  return { kind: 'Finish', outcome: rollBack.outcome, reason: withLosses(rollBack.reason, lost) };
}

/**
 * Which of the new replicas leave now. A release that was found bad leaves as soon as one old replica serves, for
 * every request it gets may fail; one that is only not wanted any more keeps the promised number serving. What serves
 * beside a first deployment is left alone: its record was lost, and nothing else would answer.
 */
function leavingNow(situation: Situation, fleet: Fleet, evidence: VerdictEvidence): Member[] {
  const first = fleet.baseline.length === 0;
  const others = [...fleet.fresh, ...fleet.strays.filter((stray) => !(first && isServing(stray)))];
  const taking = others.filter(isServing);
  const idle = others.filter((member) => !taking.includes(member));
  const old = fleet.baseline.filter(isServing).length;
  if (fleet.baseline.length > 0 && old === 0) return idle;
  if (evidence !== 'none') return others;
  const spare = old + taking.length - promisedReplicas(situation);
  return [...idle, ...taking.slice(0, Math.max(0, spare))];
}

/** Old replicas that still run take traffic again at once, in equal shares. */
function reattach({ progress }: Situation, { baseline }: Fleet): Step | undefined {
  const weights: Record<string, number> = {};
  for (const { name, server, replica, progress: known } of baseline) {
    if (!server || replica?.status !== 'running' || known.failure !== null) continue;
    const neverStopped = known.startedAt === null && !known.stopping;
    if (server.state === 'drain' && neverStopped)
      return { kind: 'Attach', replica: name, weight: equalWeight };
    if (server.state === 'ready' && server.weight !== equalWeight) weights[name] = equalWeight;
  }
  const changed = progress.rollBack !== null && Object.keys(weights).length > 0;
  return changed ? { kind: 'SetShare', weights } : undefined;
}

/** Starts and attaches the old replicas that were stopped; gives up on one that does not come back. */
function restore(situation: Situation, { baseline }: Fleet): Step | undefined {
  const wanted = baseline.filter(({ progress }) => progress.failure === null);
  const stopping = wanted.filter((member) => member.progress.stopping && isRunning(member));
  const stopped = retireAll(situation, stopping, 'keep-stopped');
  if (stopped) return stopped === 'waiting' ? { kind: 'Wait', why: 'an old replica stops' } : stopped;
  for (const member of wanted) {
    const detail = lossOf(situation, member);
    if (detail) return { kind: 'GiveUp', replica: member.name, detail };
  }
  return bringUp(situation, wanted, equalWeight, false);
}

function lossOf({ spec, t }: Situation, { replica, progress, server }: Member): string | undefined {
  if (progress.startedAt === null || server?.state === 'ready') return undefined;
  if (replica && (replica.status === 'exited' || replica.status === 'restarting' || replica.restarts > 0))
    return `exited with code ${replica.exitCode} when it was started again`;
  if (t - progress.startedAt > spec.health.startPeriodMs) return 'did not become healthy again';
  return undefined;
}

/** Nothing of the old release came back: the new one goes on serving, for something must. */
function giveWay(situation: Situation, fleet: Fleet, reason: string): Step {
  const left = retireAll(situation, [...fleet.baseline, ...fleet.strays], 'remove');
  if (typeof left === 'object') return left;
  if (left === 'waiting') return { kind: 'Wait', why: 'the old release stops' };
  return {
    kind: 'Finish',
    outcome: 'failed',
    reason: `${reason}; the old release could not be brought back, so the new one was left serving`,
  };
}

const withLosses = (reason: string, lost: readonly Member[]): string =>
  lost.length === 0
    ? reason
    : `${reason}; not brought back: ${lost.map(({ name, progress }) => `${name} ${progress.failure}`).join(', ')}`;
