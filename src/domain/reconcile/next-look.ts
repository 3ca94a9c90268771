/** How often a repository is looked at. All in ms. */
export interface LookPace {
  /** The longest wait between two looks that went well. */
  everyMs: number;
  /** Each wait is up to so much shorter, so that repositories and Siskins do not ask all at once. */
  jitterMs: number;
  /** The longest wait after failures. */
  mostMs: number;
  /** After a head that nobody told of: its webhook may be on its way. */
  graceMs: number;
}

/** GitHub sends a push's webhook within a second or two. */
const graceMs = 5_000;

/** @param everyMs a head that nobody told of is found after at most this and the 5 s in which it is confirmed */
export const lookPace = (everyMs: number): LookPace => ({
  everyMs,
  jitterMs: everyMs / 4,
  mostMs: Math.max(everyMs, 30 * 60_000),
  graceMs: Math.min(everyMs, graceMs),
});

/**
 * Time until the next look, in ms: doubled with every failure in a row, short when something is to be confirmed.
 * @param random 0..1
 */
export function nextLookMs(
  pace: LookPace,
  { failures, confirm }: { failures: number; confirm: boolean },
  random: number,
): number {
  if (failures === 0 && confirm) return pace.graceMs;
  const wait = Math.min(pace.everyMs * 2 ** failures, pace.mostMs);
  return wait - random * Math.min(pace.jitterMs, wait);
}
