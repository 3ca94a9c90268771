import type { VerdictView } from '../../api/schemas.ts';

/** Requests and 5xx on both sides, as they were counted so far. */
export interface CanaryCounts {
  requests: number;
  failed: number;
  baselineRequests: number;
  baselineFailed: number;
}

/** @returns null where nothing was measured */
export function canaryCounts(verdict: Pick<VerdictView, 'ticks'> | null): CanaryCounts | null {
  if (verdict === null || verdict.ticks.length === 0) return null;
  const total = (key: 'nc' | 'ec' | 'nb' | 'eb') => verdict.ticks.reduce((sum, tick) => sum + tick[key], 0);
  return {
    requests: total('nc'),
    failed: total('ec'),
    baselineRequests: total('nb'),
    baselineFailed: total('eb'),
  };
}
