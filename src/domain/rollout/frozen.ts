import { analysisDue } from './analysis.ts';
import type { Fleet, Situation } from './fleet.ts';
import type { Progress } from './progress.ts';
import type { Step, StepOf } from './step.ts';

/**
 * What is done while the environment is frozen: nothing but measuring. When it is frozen no longer, the rollout goes on
 * where it stood, and what was counted before is forgotten: a person has seen it.
 *
 * @returns undefined while it is not frozen
 */
export function frozenStep(situation: Situation, fleet: Fleet): Step | undefined {
  const { frozen, progress } = situation;
  if (frozen === null)
    return progress.frozenSince === null ? undefined : { kind: 'Thaw', state: stateOf(progress) };
  if (progress.frozenSince === null) return { kind: 'Freeze', reason: frozen };
  if (analysisDue(situation, fleet)) return { kind: 'Analyse' };
  return { kind: 'Wait', why: 'a person' };
}

/** A bad release goes back at once, or stands still where the app asks for a person. */
export const onFailure = ({ spec }: Situation, rollBack: StepOf<'RollBack'>): Step =>
  spec.onFailure === 'freeze' ? { kind: 'Freeze', reason: `frozen: ${rollBack.reason}` } : rollBack;

function stateOf({ phase, baseline, skipCanary }: Progress): StepOf<'Thaw'>['state'] {
  if (phase === 'watching' || phase === 'rolling') return phase;
  return baseline !== null && !skipCanary ? 'canary' : 'preparing';
}
