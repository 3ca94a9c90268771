import type { CanarySpec } from '../service-spec.ts';
import { type BelowLimit, freshBelowLimit, updateBelowLimit, valueOfBelowLimit } from './below-limit.ts';
import { addCounts, type TickCounts } from './counts.ts';
import {
  type ExceedsLimit,
  freshExceedsLimit,
  updateExceedsLimit,
  valueOfExceedsLimit,
} from './exceeds-limit.ts';
import { type Hypotheses, hypotheses, warmUpHypotheses } from './hypotheses.ts';
import type { Measures } from './measures.ts';
import {
  freshWorseThanBaseline,
  updateWorseThanBaseline,
  valueOfWorseThanBaseline,
  type WorseThanBaseline,
} from './worse-than-baseline.ts';

/** What a comparison is made under; the same for all ticks of a deployment. */
export interface EvidenceSetting {
  hypotheses: Hypotheses;
  warmUp: Hypotheses;
  /** Ticks that begin before this bake time, in ms, belong to the warm-up. */
  warmUpMs: number;
  /** K: the ticks of canary and watch together. */
  plannedTicks: number;
  /** Replicas of both arms together while the canary runs. */
  replicas: number;
}

/** One tick, and the bake time in ms at which it began. */
export interface EvidenceTick extends TickCounts {
  beganMs: number;
}

/** The running measures and the totals they rest on: a fold over the ticks, the warm-up's apart from the rest. */
export interface Evidence {
  warmUp: ArmEvidence;
  afterwards: ArmEvidence;
}

interface ArmEvidence {
  total: TickCounts;
  exceeds: ExceedsLimit;
  worse: WorseThanBaseline;
  below: BelowLimit;
}

/** @param tickMs time between two measurements; a count may be one of them late, so the warm-up is that much longer */
export const evidenceSetting = (spec: CanarySpec, replicas: number, tickMs: number): EvidenceSetting => ({
  hypotheses: hypotheses(spec.max5xx),
  warmUp: warmUpHypotheses(spec.max5xx),
  warmUpMs: spec.warmupMs === 0 ? 0 : spec.warmupMs + tickMs,
  plannedTicks: Math.max(1, Math.round((spec.maxBakeMs + spec.watchMs) / tickMs)),
  replicas,
});

export const freshEvidence = (setting: EvidenceSetting): Evidence => ({
  warmUp: freshArm(setting.warmUp),
  afterwards: freshArm(setting.hypotheses),
});

/** Whether a tick that begins now belongs to the warm-up. */
export const inWarmUp = (bakedMs: number, { warmUpMs }: EvidenceSetting): boolean => bakedMs < warmUpMs;

/** The evidence after one more tick. */
export function addTick(evidence: Evidence, tick: EvidenceTick, setting: EvidenceSetting): Evidence {
  if (inWarmUp(tick.beganMs, setting))
    return { ...evidence, warmUp: addToArm(evidence.warmUp, tick, setting.warmUp, setting) };
  return { ...evidence, afterwards: addToArm(evidence.afterwards, tick, setting.hypotheses, setting) };
}

/** The measures that count at this bake time, in ms. In the warm-up nothing is shown to be good. */
export function measuresOf(evidence: Evidence, setting: EvidenceSetting, bakedMs: number): Measures {
  const warm = inWarmUp(bakedMs, setting);
  const { exceeds, worse, below } = warm ? evidence.warmUp : evidence.afterwards;
  return {
    u: valueOfExceedsLimit(exceeds, setting.plannedTicks),
    v: valueOfWorseThanBaseline(worse),
    d: warm ? 1 : valueOfBelowLimit(below),
  };
}

const freshArm = (tried: Hypotheses): ArmEvidence => ({
  total: { nc: 0, ec: 0, nb: 0, eb: 0 },
  exceeds: freshExceedsLimit(tried),
  worse: freshWorseThanBaseline(tried),
  below: freshBelowLimit,
});

function addToArm(
  { total, exceeds, worse, below }: ArmEvidence,
  tick: TickCounts,
  tried: Hypotheses,
  { plannedTicks, replicas }: EvidenceSetting,
): ArmEvidence {
  return {
    total: addCounts(total, tick),
    exceeds: updateExceedsLimit(exceeds, tick, tried, plannedTicks),
    worse: updateWorseThanBaseline(worse, tick, tried, replicas),
    below: updateBelowLimit(below, tick, tried.limit),
  };
}
