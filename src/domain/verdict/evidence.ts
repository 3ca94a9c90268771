import type { CanarySpec } from '../service-spec.ts';
import { type BelowLimit, freshBelowLimit, updateBelowLimit, valueOfBelowLimit } from './below-limit.ts';
import { addCounts, type TickCounts } from './counts.ts';
import {
  type ExceedsLimit,
  freshExceedsLimit,
  updateExceedsLimit,
  valueOfExceedsLimit,
} from './exceeds-limit.ts';
import {
  freshWorseThanBaseline,
  updateWorseThanBaseline,
  valueOfWorseThanBaseline,
  type WorseThanBaseline,
} from './worse-than-baseline.ts';

/** What a comparison is made under; the same for all ticks of a deployment. */
export interface EvidenceSetting {
  theta: number;
  /** K: the ticks of canary and watch together. */
  plannedTicks: number;
  /** Replicas of both arms together while the canary runs. */
  replicas: number;
}

/** The three running measures and the totals they rest on: a fold over the ticks. */
export interface Evidence {
  total: TickCounts;
  exceeds: ExceedsLimit;
  worse: WorseThanBaseline;
  below: BelowLimit;
}

/** U, V and D as numbers: 100 of U and V roll back, 20 of D promote. */
export interface Measures {
  u: number;
  v: number;
  d: number;
}

export const evidenceSetting = (spec: CanarySpec, replicas: number, tickMs: number): EvidenceSetting => ({
  theta: spec.max5xx,
  plannedTicks: Math.max(1, Math.round((spec.maxBakeMs + spec.watchMs) / tickMs)),
  replicas,
});

export const freshEvidence = ({ theta }: EvidenceSetting): Evidence => ({
  total: { nc: 0, ec: 0, nb: 0, eb: 0 },
  exceeds: freshExceedsLimit(theta),
  worse: freshWorseThanBaseline(theta),
  below: freshBelowLimit,
});

/** The evidence after one more tick. */
export function addTick(evidence: Evidence, tick: TickCounts, setting: EvidenceSetting): Evidence {
  const { theta, plannedTicks, replicas } = setting;
  return {
    total: addCounts(evidence.total, tick),
    exceeds: updateExceedsLimit(evidence.exceeds, tick, theta, plannedTicks),
    worse: updateWorseThanBaseline(evidence.worse, tick, theta, replicas),
    below: updateBelowLimit(evidence.below, tick, theta),
  };
}

export const measuresOf = (evidence: Evidence, { plannedTicks }: EvidenceSetting): Measures => ({
  u: valueOfExceedsLimit(evidence.exceeds, plannedTicks),
  v: valueOfWorseThanBaseline(evidence.worse),
  d: valueOfBelowLimit(evidence.below),
});
