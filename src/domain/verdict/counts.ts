/** Requests and 5xx answers in one tick, of the canary and of the baseline. */
export interface TickCounts {
  nc: number;
  ec: number;
  nb: number;
  eb: number;
}

/** All ticks together. */
export function sumTicks(ticks: readonly TickCounts[]): TickCounts {
  return ticks.reduce(addCounts, { nc: 0, ec: 0, nb: 0, eb: 0 });
}

export const addCounts = (a: TickCounts, b: TickCounts): TickCounts => ({
  nc: a.nc + b.nc,
  ec: a.ec + b.ec,
  nb: a.nb + b.nb,
  eb: a.eb + b.eb,
});
