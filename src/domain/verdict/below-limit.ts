import type { TickCounts } from './counts.ts';
import { logLikelihood, logMean, safeExp } from './log-math.ts';

/** The rates that are tried as "clearly below theta", as parts of it (VERDICT.md). */
const parts = [50, 5];

/** The measure D, "the canary is below theta", in logs. */
export type BelowLimit = readonly number[];

export const freshBelowLimit: BelowLimit = parts.map(() => 0);

export const updateBelowLimit = (measure: BelowLimit, { nc, ec }: TickCounts, theta: number): BelowLimit =>
  measure.map((log, index) => {
    const q = theta / (parts[index] ?? 1);
    return log + logLikelihood(q, nc, ec) - logLikelihood(theta, nc, ec);
  });

/** P(D ever ≥ 20 | rate ≥ theta) ≤ 5 %. */
export const valueOfBelowLimit = (measure: BelowLimit): number => safeExp(logMean(measure));
