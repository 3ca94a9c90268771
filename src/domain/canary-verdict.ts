import type { HoldCause, VerdictEvidence } from './journal.ts';
import type { AnalysisSpec, CanarySpec } from './service-spec.ts';
import { allMet, type ConditionStates, lastViolated, silent, violated } from './verdict/conditions.ts';
import {
  addTick,
  type Evidence,
  type EvidenceSetting,
  type EvidenceTick,
  freshEvidence,
  inWarmUp,
  measuresOf,
} from './verdict/evidence.ts';
import { binomialTail, fisherTail, upperBound95 } from './verdict/exact-tails.ts';
import { promoteAt, rollBackAt } from './verdict/measures.ts';
import { atMost, failed, seconds } from './verdict/sentences.ts';

/** Tail probability of the one exact look at the end. */
const finalAlpha = 0.04;
/** Baseline requests from which its own share of 5xx says something. */
const enoughBaseline = 20;

/** By what a canary is judged. */
export interface VerdictPolicy {
  canary: CanarySpec;
  analysis: readonly AnalysisSpec[];
}

export interface VerdictInput {
  evidence: Evidence;
  setting: EvidenceSetting;
  conditions: ConditionStates;
  /** Time under observation, without the time that had no metrics, in ms. */
  bakedMs: number;
  /** How long there have been no metrics now; 0 while there are. In ms. */
  blindMs: number;
  /** Whether old replicas take traffic now. */
  hasBaseline: boolean;
}

export type Verdict =
  | { decision: 'continue' }
  | { decision: 'promote'; evidence: VerdictEvidence; reason: string }
  | RollBackVerdict
  | { decision: 'hold'; cause: HoldCause; reason: string };

export interface RollBackVerdict {
  decision: 'rollback';
  evidence: VerdictEvidence;
  reason: string;
}

/**
 * Whether the canary has shown enough: VERDICT.md's decision, rules 2 to 5, at one tick. Hard signals (rule 1) are
 * the planner's. Wald 1945, Ville 1939, Turner, Ly, Grünwald 2021.
 */
export function canaryVerdict(input: VerdictInput, policy: VerdictPolicy): Verdict {
  const { canary } = policy;
  if (input.blindMs >= canary.metricsTimeoutMs) return withoutMetrics(input, canary);
  const shown = shownEnough(input, policy);
  if (shown || input.blindMs > 0 || input.bakedMs < canary.maxBakeMs)
    return shown ?? { decision: 'continue' };
  return finalLook(input, policy);
}

/** Rules 2 and 3, which hold at any time: enough is known, either way. Nothing is decided without metrics. */
export function shownEnough(input: VerdictInput, policy: VerdictPolicy): Verdict | undefined {
  if (input.blindMs > 0) return undefined;
  const found = foundBad(input, policy);
  if (found) return found;
  const { evidence, setting, bakedMs, conditions } = input;
  const good = measuresOf(evidence, setting, bakedMs).d >= promoteAt && allMet(policy.analysis, conditions);
  if (bakedMs < policy.canary.minBakeMs || !good) return undefined;
  return { decision: 'promote', evidence: 'strong', reason: `promoted ${after(input)}: ${counted(input)}` };
}

/**
 * Rule 2, which also keeps watch after the promotion: the new release is above its limit, and worse than the old one
 * where the two can be compared; or it keeps violating a condition of its own.
 */
export function foundBad(
  input: VerdictInput,
  { canary, analysis }: VerdictPolicy,
): RollBackVerdict | undefined {
  const { evidence, setting, bakedMs, conditions, hasBaseline } = input;
  const { u, v } = measuresOf(evidence, setting, bakedMs);
  const compared = hasBaseline && canary.compare === 'baseline';
  if (u >= rollBackAt && (!compared || v >= rollBackAt)) return rollBack(input, counted(input));
  const violation = inWarmUp(bakedMs, setting) ? undefined : violated(analysis, conditions);
  return violation === undefined ? undefined : rollBack(input, violation);
}

/** Rule 5: one exact look when the time is up. */
function finalLook(input: VerdictInput, { canary, analysis }: VerdictPolicy): Verdict {
  const { evidence, conditions, hasBaseline } = input;
  const { nc, ec, nb, eb } = evidence.afterwards.total;
  const compared = hasBaseline && canary.compare === 'baseline';
  const above = binomialTail(ec, nc, canary.max5xx) <= finalAlpha;
  const worse = !compared || fisherTail(ec, nc, eb, nb) <= finalAlpha;
  if (above && worse) return rollBack(input, counted(input));
  if (compared && nb >= enoughBaseline && eb / nb > canary.max5xx) {
    const reason = `held: not this release, the old one fails too (${counted(input)})`;
    return { decision: 'hold', cause: 'baseline', reason };
  }
  const violation = lastViolated(analysis, conditions);
  if (violation !== undefined) return rollBack(input, violation);
  const bound = nc === 0 ? 'no requests at all' : `${counted(input)}; ${atMost(upperBound95(ec, nc))}`;
  const reason = `promoted ${after(input)} on low evidence: ${bound}${silent(analysis, conditions)}`;
  return { decision: 'promote', evidence: 'low', reason };
}

function withoutMetrics(input: VerdictInput, spec: CanarySpec): Verdict {
  const reason = `no metrics for ${seconds(input.blindMs)}`;
  switch (spec.onNoMetrics) {
    case 'hold':
      return {
        decision: 'hold',
        cause: 'no-metrics',
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

const rollBack = (input: VerdictInput, why: string): RollBackVerdict => ({
  decision: 'rollback',
  evidence: 'strong',
  reason: `rolled back ${after(input)}: ${why}`,
});

const after = ({ bakedMs }: VerdictInput): string => `after ${seconds(bakedMs)}`;

/** "4 of 4 canary requests failed (5xx), 0 of 9 on the old release", the warm-up's counts apart. */
function counted({ evidence, setting, bakedMs }: VerdictInput): string {
  const { warmUp, afterwards } = evidence;
  if (inWarmUp(bakedMs, setting)) return `${failed(warmUp.total)}, in its warm-up`;
  const warm = warmUp.total.nc > 0 ? `; ${warmUp.total.ec} of ${warmUp.total.nc} in its warm-up` : '';
  return `${failed(afterwards.total)}${warm}`;
}

/** The evidence of all ticks; rebuilt the same after a restart. */
export const evidenceOf = (ticks: readonly EvidenceTick[], setting: EvidenceSetting): Evidence =>
  ticks.reduce((evidence, tick) => addTick(evidence, tick, setting), freshEvidence(setting));
