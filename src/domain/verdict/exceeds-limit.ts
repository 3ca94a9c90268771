import type { TickCounts } from './counts.ts';
import type { Hypotheses } from './hypotheses.ts';
import { logAdd, logLikelihood, logMean, safeExp } from './log-math.ts';

/** The measure U, "the canary is above its limit": a plain and a restarting likelihood ratio per alternative, in logs. */
export interface ExceedsLimit {
  plain: readonly number[];
  restarting: readonly number[];
  ticks: number;
}

export const freshExceedsLimit = ({ alternatives }: Hypotheses): ExceedsLimit => ({
  plain: alternatives.map(() => 0),
  restarting: alternatives.map(() => Number.NEGATIVE_INFINITY),
  ticks: 0,
});

/**
 * U after one more tick. `LR_q *= L`, and for a fault that begins late `SR_q = (SR_q + 1/K)·L`.
 *
 * @param plannedTicks K: the ticks of canary and watch together
 */
export function updateExceedsLimit(
  measure: ExceedsLimit,
  { nc, ec }: TickCounts,
  { limit, alternatives }: Hypotheses,
  plannedTicks: number,
): ExceedsLimit {
  const ratios = alternatives.map((q) => logLikelihood(q, nc, ec) - logLikelihood(limit, nc, ec));
  const weight = measure.ticks < plannedTicks ? -Math.log(plannedTicks) : Number.NEGATIVE_INFINITY;
  return {
    plain: measure.plain.map((log, index) => log + (ratios[index] ?? 0)),
    restarting: measure.restarting.map((log, index) => logAdd(log, weight) + (ratios[index] ?? 0)),
    ticks: measure.ticks + 1,
  };
}

/** `U = ½·mean(LR) + ½·(mean(SR) + unspent weight)`; E[U] ≤ 1 for every rate ≤ the limit (Ville 1939). */
export function valueOfExceedsLimit(
  { plain, restarting, ticks }: ExceedsLimit,
  plannedTicks: number,
): number {
  const unspent = Math.max(0, 1 - ticks / plannedTicks);
  return 0.5 * safeExp(logMean(plain)) + 0.5 * (safeExp(logMean(restarting)) + unspent);
}
