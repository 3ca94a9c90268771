import type { VerdictEvidence } from './journal.ts';
import type { CanarySpec } from './service-spec.ts';
import type { TickCounts } from './verdict/counts.ts';
import {
  addTick,
  type Evidence,
  type EvidenceSetting,
  freshEvidence,
  measuresOf,
} from './verdict/evidence.ts';
import { binomialTail, fisherTail, upperBound95 } from './verdict/exact-tails.ts';
import { atMost, failed, seconds } from './verdict/sentences.ts';

/** Evidence at which the canary is above its limit, and worse than the baseline: any-time error 1 %. */
const rollBackAt = 100;
/** Evidence at which the canary is below its limit: error 5 %. */
const promoteAt = 20;
/** Tail probability of the one exact look at the end. */
const finalAlpha = 0.04;
/** Baseline requests from which its own share of 5xx says something. */
const enoughBaseline = 20;

export interface VerdictInput {
  evidence: Evidence;
  setting: EvidenceSetting;
  /** Time under observation, without the time that had no metrics, in ms. */
  bakedMs: number;
  /** How long there have been no metrics now; 0 while there are. In ms. */
  blindMs: number;
  /** Whether old replicas take traffic now. */
  hasBaseline: boolean;
}

export type Verdict =
  | { decision: 'continue' }
  | { decision: 'promote' | 'rollback'; evidence: VerdictEvidence; reason: string }
  | { decision: 'hold'; reason: string };

/**
 * Whether the canary has shown enough: VERDICT.md's decision, rules 2 to 5, at one tick. Hard signals (rule 1) are
 * the planner's. Wald 1945, Ville 1939, Turner, Ly, Grünwald 2021.
 */
export function canaryVerdict(input: VerdictInput, spec: CanarySpec): Verdict {
  if (input.blindMs >= spec.metricsTimeoutMs) return withoutMetrics(input, spec);
  if (input.blindMs > 0) return { decision: 'continue' };
  const found = foundBad(input, spec);
  if (found) return found;
  const { evidence, setting, bakedMs } = input;
  const { total } = evidence;
  const after = `after ${seconds(bakedMs)}`;
  if (bakedMs >= spec.minBakeMs && measuresOf(evidence, setting).d >= promoteAt)
    return { decision: 'promote', evidence: 'strong', reason: `promoted ${after}: ${failed(total)}` };
  if (bakedMs < spec.maxBakeMs) return { decision: 'continue' };
  return finalLook(input, spec);
}

/**
 * Rule 2, which also keeps watch after the promotion: the new release is above its limit, and worse than the old one
 * where the two can be compared.
 */
export function foundBad(input: VerdictInput, spec: CanarySpec): Verdict | undefined {
  const { evidence, setting, bakedMs, hasBaseline } = input;
  const { u, v } = measuresOf(evidence, setting);
  const compared = hasBaseline && spec.compare === 'baseline';
  if (u < rollBackAt || (compared && v < rollBackAt)) return undefined;
  const reason = `rolled back after ${seconds(bakedMs)}: ${failed(evidence.total)}`;
  return { decision: 'rollback', evidence: 'strong', reason };
}

/** Rule 5: one exact look when the time is up. */
function finalLook({ evidence, bakedMs, hasBaseline }: VerdictInput, spec: CanarySpec): Verdict {
  const { nc, ec, nb, eb } = evidence.total;
  const after = `after ${seconds(bakedMs)}`;
  const compared = hasBaseline && spec.compare === 'baseline';
  const above = binomialTail(ec, nc, spec.max5xx) <= finalAlpha;
  const worse = !compared || fisherTail(ec, nc, eb, nb) <= finalAlpha;
  if (above && worse)
    return {
      decision: 'rollback',
      evidence: 'strong',
      reason: `rolled back ${after}: ${failed(evidence.total)}`,
    };
  if (compared && nb >= enoughBaseline && eb / nb > spec.max5xx) {
    const reason = `held: not this release, the old one fails too (${failed(evidence.total)})`;
    return { decision: 'hold', reason };
  }
  const bound =
    nc === 0 ? 'no requests at all' : `${failed(evidence.total)}; ${atMost(upperBound95(ec, nc))}`;
  return { decision: 'promote', evidence: 'low', reason: `promoted ${after} on low evidence: ${bound}` };
}

function withoutMetrics(input: VerdictInput, spec: CanarySpec): Verdict {
  const reason = `no metrics for ${seconds(input.blindMs)}`;
  switch (spec.onNoMetrics) {
    case 'hold':
      return {
        decision: 'hold',
        reason: `held: ${reason}; promote or roll back by hand, or bring them back`,
      };
    case 'rollback':
      return { decision: 'rollback', evidence: 'none', reason: `rolled back: ${reason}` };
    case 'health-only':
      return {
        decision: 'promote',
        evidence: 'none',
        reason: `promoted on health alone: ${reason} (onNoMetrics: health-only)`,
      };
  }
}

/** The evidence of all ticks; rebuilt the same after a restart. */
export const evidenceOf = (ticks: readonly TickCounts[], setting: EvidenceSetting): Evidence =>
  ticks.reduce((evidence, tick) => addTick(evidence, tick, setting), freshEvidence(setting));
