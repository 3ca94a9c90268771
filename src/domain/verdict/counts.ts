/** Requests and 5xx answers in one tick, of the canary and of the baseline. */
export interface TickCounts {
  nc: number;
  ec: number;
  nb: number;
  eb: number;
}

/** Two ticks together. */
export const addCounts = (a: TickCounts, b: TickCounts): TickCounts => ({
  nc: a.nc + b.nc,
  ec: a.ec + b.ec,
  nb: a.nb + b.nb,
  eb: a.eb + b.eb,
});
