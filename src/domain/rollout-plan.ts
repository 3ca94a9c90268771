import type { VerdictEvidence } from './journal.ts';
import { analysisDue, turnedBad, verdictNow } from './rollout/analysis.ts';
import { type Fleet, fleetOf, type Situation } from './rollout/fleet.ts';
import { retireAll } from './rollout/retire.ts';
import { roll } from './rollout/roll.ts';
import { rollBackStep } from './rollout/roll-back.ts';
import type { Step } from './rollout/step.ts';
import { rollBackFor, trouble } from './rollout/trouble.ts';

/**
 * The one step to do now, from what was decided (progress), what is true (observed) and what is wanted (spec).
 * Pure: a process that takes over asks the same question and goes on.
 */
export function nextStep(situation: Situation): Step {
  const fleet = fleetOf(situation);
  const { progress } = situation;
  if (progress.rollBack) return rollBackStep(situation, fleet, progress.rollBack);
  const stop = interrupted(situation) ?? trouble(situation);
  if (stop) return stop;
  if (analysisDue(situation, fleet)) return { kind: 'Analyse' };
  if (progress.phase === 'canary') return canaryStep(situation, fleet);
  const bad = turnedBad(situation, fleet);
  if (bad?.decision === 'rollback') return rollBackOn(situation, bad);
  if (progress.phase === 'rolling') return rollingStep(situation, fleet);
  return watchStep(situation, fleet);
}

/** A newer push or a person ends it; a newer push waits while the roll is under way. */
function interrupted(situation: Situation): Step | undefined {
  const { interruption, progress } = situation;
  if (!interruption) return undefined;
  switch (interruption.kind) {
    case 'cancel':
      return { kind: 'RollBack', outcome: 'cancelled', reason: 'cancelled by a person', evidence: 'none' };
    case 'rollback': {
      const step = rollBackFor(situation, 'rolled back by a person');
      return step.kind === 'RollBack' ? { ...step, outcome: 'rolled_back', evidence: 'none' } : step;
    }
    case 'superseded': {
      if (progress.phase !== 'canary') return undefined;
      const reason = `superseded by ${interruption.by}`;
      return { kind: 'RollBack', outcome: 'superseded', reason, evidence: 'none' };
    }
    case 'promote':
      return undefined;
  }
}

function canaryStep(situation: Situation, fleet: Fleet): Step {
  const { progress, spec, interruption } = situation;
  const served = progress.baseline?.slots.length ?? 0;
  if (served === 0)
    return { kind: 'Promote', reason: 'first deployment: nothing to compare with', evidence: 'skipped' };
  if (progress.skipCanary)
    return { kind: 'Promote', reason: 'this release has served well before', evidence: 'skipped' };

  const keep = spec.order === 'start-first' ? served : served - 1;
  const step = roll(situation, fleet, { fresh: 1, baseline: keep });
  if (step) return step;
  if (interruption?.kind === 'promote')
    return { kind: 'Promote', reason: 'promoted by a person', evidence: 'none' };
  return verdictStep(situation, fleet);
}

function verdictStep(situation: Situation, fleet: Fleet): Step {
  const verdict = verdictNow(situation, fleet);
  const { held } = situation.progress;
  switch (verdict.decision) {
    case 'promote':
      return { kind: 'Promote', reason: verdict.reason, evidence: verdict.evidence };
    case 'rollback':
      return rollBackOn(situation, verdict);
    case 'hold':
      return held ? { kind: 'Wait', why: verdict.reason } : { kind: 'Hold', reason: verdict.reason };
    case 'continue':
      return held ? { kind: 'Resume' } : { kind: 'Wait', why: 'the next measurement' };
  }
}

/** A first deployment has nothing to go back to: it has failed. */
function rollBackOn({ progress }: Situation, { reason, evidence }: RollBackVerdict): Step {
  const outcome = progress.baseline === null ? 'failed' : 'rolled_back';
  return { kind: 'RollBack', outcome, reason, evidence };
}

type RollBackVerdict = { reason: string; evidence: VerdictEvidence };

function rollingStep(situation: Situation, fleet: Fleet): Step {
  const step = roll(situation, fleet, { fresh: situation.spec.replicas, baseline: 0 });
  return step ?? { kind: 'Watch' };
}

/** Watches the whole release; at its end the old containers, kept until now, are removed. */
function watchStep(situation: Situation, fleet: Fleet): Step {
  const { progress, spec, t, interruption } = situation;
  const watchedMs = t - (progress.watchingSince ?? t);
  const ended = interruption !== null || watchedMs >= spec.canary.watchMs;
  if (!ended) {
    const kept = roll(situation, fleet, { fresh: spec.replicas, baseline: 0 });
    return kept ?? { kind: 'Wait', why: 'the watch' };
  }
  const left = retireAll(situation, [...fleet.baseline, ...fleet.strays], 'remove');
  if (typeof left === 'object') return left;
  if (left === 'waiting') return { kind: 'Wait', why: 'what is left over stops' };
  const how = interruption?.kind === 'superseded' ? `, its watch ended by ${interruption.by}` : '';
  return { kind: 'Finish', outcome: 'succeeded', reason: `release r${situation.release} serves${how}` };
}
