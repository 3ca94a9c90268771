import { canaryVerdict, type Verdict } from '../canary-verdict.ts';
import type { Fleet, Situation } from './fleet.ts';

/** Time between two measurements. */
export const tickMs = 1_000;

/** A measurement is due: something of the new release has traffic, and the last one is a tick ago. */
export function analysisDue({ progress, t }: Situation, fleet: Fleet): boolean {
  const attached = fleet.fresh.some(({ server }) => server?.state === 'ready');
  return attached && (progress.measuredAt === null || t - progress.measuredAt >= tickMs);
}

/** What the ticks so far say about the canary. */
export function verdictNow({ progress, spec, t }: Situation): Verdict {
  const blindMs = progress.blindSince === null ? 0 : t - progress.blindSince;
  return canaryVerdict({ ticks: progress.ticks, bakedMs: progress.bakedMs, blindMs }, spec.canary);
}
