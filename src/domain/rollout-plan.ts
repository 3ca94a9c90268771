import type { RollBackVerdict, Verdict } from './canary-verdict.ts';
import { analysisDue, recovered, turnedBad, verdictNow, verdictWhileHeld } from './rollout/analysis.ts';
import { type Fleet, fleetOf, type Situation } from './rollout/fleet.ts';
import { frozenStep, onFailure } from './rollout/frozen.ts';
import { retireAll } from './rollout/retire.ts';
import { roll } from './rollout/roll.ts';
import { rollBackStep } from './rollout/roll-back.ts';
import type { Step, StepOf } from './rollout/step.ts';
import { rollBackFor, trouble } from './rollout/trouble.ts';

/**
 * The one step to do now, from what was decided (progress), what is true (observed) and what is wanted (spec).
 * Pure: a process that takes over asks the same question and goes on.
 */
export function nextStep(situation: Situation): Step {
  const fleet = fleetOf(situation);
  const { progress } = situation;
  if (progress.rollBack) return rollBackStep(situation, fleet, progress.rollBack);
  const stop = interrupted(situation) ?? frozenStep(situation, fleet);
  if (stop) return stop;
  const bad = trouble(situation);
  if (bad) return onFailure(situation, bad);
  if (analysisDue(situation, fleet)) return { kind: 'Analyse' };
  if (progress.phase === 'canary') return canaryStep(situation, fleet);
  const found = turnedBad(situation, fleet);
  if (found) return rollBackOn(situation, found);
  if (progress.phase === 'rolling') return rollingStep(situation, fleet);
  return watchStep(situation, fleet);
}

/** A newer push or a person ends it; a newer push waits while the roll is under way, or a person is waited for. */
function interrupted(situation: Situation): Step | undefined {
  const { interruption, progress, frozen } = situation;
  if (!interruption) return undefined;
  switch (interruption.kind) {
    case 'cancel':
      return { kind: 'RollBack', outcome: 'cancelled', reason: 'cancelled by a person', evidence: 'none' };
    case 'rollback': {
      const step = rollBackFor(situation, 'rolled back by a person');
      return { ...step, outcome: 'rolled_back', evidence: 'none' };
    }
    case 'superseded': {
      if (progress.phase !== 'canary' || frozen !== null) return undefined;
      const reason = `superseded by ${interruption.by}`;
      return { kind: 'RollBack', outcome: 'superseded', reason, evidence: 'none' };
    }
    case 'promote':
      return undefined;
  }
}

function canaryStep(situation: Situation, fleet: Fleet): Step {
  const { progress, spec } = situation;
  const served = progress.baseline?.slots.length ?? 0;
  if (served === 0) return promote(situation, 'first deployment: nothing to compare with');
  if (spec.worker) return promote(situation, 'a worker: there are no requests to compare');
  if (progress.skipCanary) return promote(situation, 'this release has served well before');

  const keep = spec.order === 'start-first' ? served : served - 1;
  const step = roll(situation, fleet, { fresh: 1, baseline: keep });
  if (step) return step;
  if (promotedByPerson(situation))
    return { ...promote(situation, 'promoted by a person'), evidence: 'none', promotes: given(situation) };
  if (progress.held?.cause !== 'baseline') return verdictStep(situation, verdictNow(situation, fleet));
  if (recovered(situation)) return { kind: 'Resume', anew: true };
  return verdictStep(situation, verdictWhileHeld(situation, fleet));
}

/** A promotion that needs no evidence; a person's that came before is still to be followed. */
const promote = ({ progress }: Situation, reason: string): StepOf<'Promote'> => ({
  kind: 'Promote',
  reason,
  evidence: 'skipped',
  promotes: progress.promotesFollowed,
});

function verdictStep(situation: Situation, verdict: Verdict): Step {
  const { held, promotesFollowed: promotes } = situation.progress;
  switch (verdict.decision) {
    case 'promote':
      return { kind: 'Promote', reason: verdict.reason, evidence: verdict.evidence, promotes };
    case 'rollback':
      return rollBackOn(situation, verdict);
    case 'hold':
      if (held) return { kind: 'Wait', why: verdict.reason };
      return { kind: 'Hold', cause: verdict.cause, reason: verdict.reason };
    case 'continue':
      if (held?.cause === 'no-metrics') return { kind: 'Resume', anew: false };
      return { kind: 'Wait', why: held ? 'the old release to be well again' : 'the next measurement' };
  }
}

/** A first deployment has nothing to go back to: it has failed. */
function rollBackOn(situation: Situation, { reason, evidence }: RollBackVerdict): Step {
  const outcome = situation.progress.baseline === null ? 'failed' : 'rolled_back';
  return onFailure(situation, { kind: 'RollBack', outcome, reason, evidence });
}

function rollingStep(situation: Situation, fleet: Fleet): Step {
  const step = roll(situation, fleet, { fresh: situation.spec.replicas, baseline: 0 });
  return step ?? { kind: 'Watch' };
}

/** Watches the whole release; at its end the old containers, kept until now, are removed. */
function watchStep(situation: Situation, fleet: Fleet): Step {
  const { spec, interruption } = situation;
  if (situation.watchGoesOn || situation.hookRuns || !watchIsOver(situation)) {
    const kept = roll(situation, fleet, { fresh: spec.replicas, baseline: 0 });
    return kept ?? { kind: 'Wait', why: 'the watch' };
  }
  const left = retireAll(situation, [...fleet.baseline, ...fleet.strays], 'remove');
  if (typeof left === 'object') return left;
  if (left === 'waiting') return { kind: 'Wait', why: 'what is left over stops' };
  const how = interruption?.kind === 'superseded' ? `, its watch ended by ${interruption.by}` : '';
  return { kind: 'Finish', outcome: 'succeeded', reason: `release r${situation.release} serves${how}` };
}

/** Of a service that is watched: its time has passed, or a newer push or a person ends it. */
export function watchIsOver(situation: Situation): boolean {
  const { progress, spec, t, interruption } = situation;
  if (progress.phase !== 'watching') return false;
  const watchedMs = t - (progress.watchingSince ?? t);
  const superseded = interruption?.kind === 'superseded';
  return superseded || promotedByPerson(situation) || watchedMs >= spec.canary.watchMs;
}

const given = ({ interruption }: Situation): number =>
  interruption?.kind === 'promote' ? interruption.given : 0;

/** A person has said to go on since the last time that this was followed. */
const promotedByPerson = (situation: Situation): boolean =>
  given(situation) > situation.progress.promotesFollowed;
