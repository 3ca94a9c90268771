import { freshBelowLimit, updateBelowLimit, valueOfBelowLimit } from './below-limit.ts';
import type { TickCounts } from './counts.ts';
import { promoteAt } from './measures.ts';

/**
 * Whether the old release, which failed as well, is below the limit again: the evidence that promotes, of its own
 * requests, begun anew whenever it would say less than nothing (a cumulative sum, Page 1954).
 *
 * @param theta the highest acceptable share 0..1 of 5xx
 */
export function baselineRecovered(ticks: readonly TickCounts[], theta: number): boolean {
  const sum = ticks.reduce(
    (logs, { nb, eb }) =>
      updateBelowLimit(logs, { nc: nb, ec: eb, nb: 0, eb: 0 }, theta).map((log) => Math.max(0, log)),
    freshBelowLimit,
  );
  return valueOfBelowLimit(sum) >= promoteAt;
}
