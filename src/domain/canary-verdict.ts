import type { VerdictEvidence } from './journal.ts';
import type { CanarySpec } from './service-spec.ts';

/** Requests and 5xx answers since the last tick, of the canary and of the baseline. */
export interface TickCounts {
  nc: number;
  ec: number;
  nb: number;
  eb: number;
}

export interface VerdictInput {
  ticks: readonly TickCounts[];
  /** Time under observation, without the time that had no metrics. */
  bakedMs: number;
  /** How long there have been no metrics now; 0 while there are. */
  blindMs: number;
}

export type Verdict =
  | { decision: 'continue' }
  | { decision: 'promote' | 'rollback'; evidence: VerdictEvidence; reason: string }
  | { decision: 'hold'; reason: string };

/**
 * Whether the canary has shown enough: promote it, roll it back, go on measuring, or hold.
 * A fixed look at `maxBake`: more than `max5xx` of its answers 5xx means roll back. Hard signals do not come here.
 */
export function canaryVerdict(input: VerdictInput, spec: CanarySpec): Verdict {
  if (input.blindMs >= spec.metricsTimeoutMs) return withoutMetrics(input, spec);
  if (input.blindMs > 0 || input.bakedMs < spec.maxBakeMs) return { decision: 'continue' };
  const total = sumTicks(input.ticks);
  const after = `after ${seconds(input.bakedMs)}`;
  if (total.nc > 0 && total.ec / total.nc > spec.max5xx)
    return { decision: 'rollback', evidence: 'strong', reason: `rolled back ${after}: ${describe(total)}` };
  const evidence = total.nc === 0 ? 'low' : 'strong';
  const doubt = total.nc === 0 ? ' (low evidence: it got no requests)' : '';
  return { decision: 'promote', evidence, reason: `promoted ${after}: ${describe(total)}${doubt}` };
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

/** All ticks together. */
export function sumTicks(ticks: readonly TickCounts[]): TickCounts {
  const total = { nc: 0, ec: 0, nb: 0, eb: 0 };
  for (const tick of ticks) {
    total.nc += tick.nc;
    total.ec += tick.ec;
    total.nb += tick.nb;
    total.eb += tick.eb;
  }
  return total;
}

/** "4 of 4 canary requests failed (5xx), 0 of 9 on the old release" */
export const describe = (total: TickCounts): string =>
  `${total.ec} of ${total.nc} canary requests failed (5xx), ${total.eb} of ${total.nb} on the old release`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
