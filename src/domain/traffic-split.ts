/** HAProxy's largest server weight; also the finest resolution a share can have. */
const maxWeight = 256;

/** Router weights that give the canary its share. */
export interface TrafficSplit {
  canary: number;
  /** Weight of each single baseline replica. */
  baseline: number;
}

/** The weight of every server when all of them take an equal share. */
export const equalWeight = 100;

/** Shares that differ by less are the same share. */
const sameShare = 1e-9;

/**
 * The pair of whole weights in 1..256 whose canary share is nearest to the wanted one; of several, the pair that moves
 * the baseline least from its usual weight. Small weights would have the same share in the long run, but after a change
 * from 100 to 1 HAProxy's roundrobin gave a canary its first request only after up to 30 others (measured).
 *
 * `share = canary / (canary + n · baseline)`.
 *
 * @param share 0..1, exclusive at both ends
 * @param baselineReplicas how many replicas share the rest; 0 gives the canary everything
 */
export function splitTraffic(share: number, baselineReplicas: number): TrafficSplit {
  if (baselineReplicas === 0) return { canary: equalWeight, baseline: equalWeight };
  const ratio = (share * baselineReplicas) / (1 - share);
  let best: TrafficSplit = { canary: 1, baseline: 1 };
  let bestError = Number.POSITIVE_INFINITY;
  for (let baseline = 1; baseline <= maxWeight; baseline++) {
    const canary = Math.min(maxWeight, Math.max(1, Math.round(ratio * baseline)));
    const error = Math.abs(shareOf({ canary, baseline }, baselineReplicas) - share);
    const closer = Math.abs(baseline - equalWeight) < Math.abs(best.baseline - equalWeight);
    if (error < bestError - sameShare || (error < bestError + sameShare && closer)) {
      best = { canary, baseline };
      bestError = Math.min(error, bestError);
    }
  }
  return best;
}

/** The share 0..1 of requests that a split gives the canary. */
export const shareOf = (split: TrafficSplit, baselineReplicas: number): number =>
  split.canary / (split.canary + baselineReplicas * split.baseline);
