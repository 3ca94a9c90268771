import { canaryVerdict, evidenceOf, foundBad, type Verdict, type VerdictInput } from '../canary-verdict.ts';
import { evidenceSetting } from '../verdict/evidence.ts';
import { type Fleet, isServing, type Situation } from './fleet.ts';

/** Time between two measurements. */
export const tickMs = 1_000;

/** A measurement is due: something of the new release has traffic, and the last one is a tick ago. */
export function analysisDue({ progress, t }: Situation, fleet: Fleet): boolean {
  const attached = fleet.fresh.some(({ server }) => server?.state === 'ready');
  return attached && (progress.measuredAt === null || t - progress.measuredAt >= tickMs);
}

/** What the ticks so far say about the canary. */
export const verdictNow = (situation: Situation, fleet: Fleet): Verdict =>
  canaryVerdict(verdictInput(situation, fleet), situation.spec.canary);

/** Whether the release has turned bad after its promotion. */
export const turnedBad = (situation: Situation, fleet: Fleet): Verdict | undefined =>
  situation.progress.ticks.length === 0
    ? undefined
    : foundBad(verdictInput(situation, fleet), situation.spec.canary);

function verdictInput({ progress, spec, t }: Situation, fleet: Fleet): VerdictInput {
  const replicas = (progress.baseline?.slots.length ?? 0) + (spec.order === 'start-first' ? 1 : 0);
  const setting = evidenceSetting(spec.canary, Math.max(1, replicas), tickMs);
  return {
    evidence: evidenceOf(progress.ticks, setting),
    setting,
    bakedMs: progress.bakedMs,
    blindMs: progress.blindSince === null ? 0 : t - progress.blindSince,
    hasBaseline: fleet.baseline.some(isServing),
  };
}
