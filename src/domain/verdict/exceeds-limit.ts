import type { TickCounts } from './counts.ts';
import { logAdd, logLikelihood, logMean, safeExp } from './log-math.ts';

/** Multiples of theta that are tried as the canary's true rate (VERDICT.md). */
const multiples = [2, 5, 12];
const nearlyAll = 0.98;

/** The alternatives to theta: {2θ, 5θ, 12θ, 0.98}, those below 1. */
export const alternatives = (theta: number): number[] =>
  [...multiples.map((multiple) => multiple * theta), nearlyAll].filter((q) => q < 1 && q > theta);

/** The measure U, "the canary is above theta": a plain and a restarting likelihood ratio per alternative, in logs. */
export interface ExceedsLimit {
  plain: readonly number[];
  restarting: readonly number[];
  ticks: number;
}

export const freshExceedsLimit = (theta: number): ExceedsLimit => {
  const count = alternatives(theta).length;
  return {
    plain: Array<number>(count).fill(0),
    restarting: Array<number>(count).fill(Number.NEGATIVE_INFINITY),
    ticks: 0,
  };
};

/**
 * U after one more tick. `LR_q *= L`, and for a fault that begins late `SR_q = (SR_q + 1/K)·L`.
 *
 * @param plannedTicks K: the ticks of canary and watch together
 */
export function updateExceedsLimit(
  measure: ExceedsLimit,
  { nc, ec }: TickCounts,
  theta: number,
  plannedTicks: number,
): ExceedsLimit {
  const ratios = alternatives(theta).map((q) => logLikelihood(q, nc, ec) - logLikelihood(theta, nc, ec));
  const weight = measure.ticks < plannedTicks ? -Math.log(plannedTicks) : Number.NEGATIVE_INFINITY;
  return {
    plain: measure.plain.map((log, index) => log + (ratios[index] ?? 0)),
    restarting: measure.restarting.map((log, index) => logAdd(log, weight) + (ratios[index] ?? 0)),
    ticks: measure.ticks + 1,
  };
}

/** `U = ½·mean(LR) + ½·(mean(SR) + unspent weight)`; E[U] ≤ 1 for every rate ≤ theta (Ville 1939). */
export function valueOfExceedsLimit(
  { plain, restarting, ticks }: ExceedsLimit,
  plannedTicks: number,
): number {
  const unspent = Math.max(0, 1 - ticks / plannedTicks);
  return 0.5 * safeExp(logMean(plain)) + 0.5 * (safeExp(logMean(restarting)) + unspent);
}
