/** How often a repository is looked at. All in ms. */
export interface LookPace {
  everyMs: number;
  /** Each wait is up to so much longer or shorter, so that repositories and Siskins do not ask all at once. */
  jitterMs: number;
  /** The longest wait after failures. */
  mostMs: number;
  /** After a head that nobody told of: its webhook may be on its way. */
  graceMs: number;
}

export const lookPace: LookPace = {
  everyMs: 60_000,
  jitterMs: 10_000,
  mostMs: 30 * 60_000,
  graceMs: 10_000,
};

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
  return wait + (2 * random - 1) * Math.min(pace.jitterMs, wait);
}
