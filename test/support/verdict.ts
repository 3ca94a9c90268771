import {
  canaryVerdict,
  evidenceOf,
  type Verdict,
  type VerdictInput,
} from '../../src/domain/canary-verdict.ts';
import type { AnalysisSpec, CanarySpec } from '../../src/domain/service-spec.ts';
import type { TickCounts } from '../../src/domain/verdict/counts.ts';
import { type EvidenceTick, evidenceSetting } from '../../src/domain/verdict/evidence.ts';
import { rolloutSpec } from './specs.ts';

/** VERDICT.md's defaults. */
export const standardCanary: CanarySpec = rolloutSpec({
  canary: { minBakeMs: 15_000, maxBakeMs: 60_000, watchMs: 600_000, metricsTimeoutMs: 60_000 },
}).canary;

export const tickMs = 2_000;

/** What a verdict is asked of: the rest is VERDICT.md's default, with three replicas. */
export interface Asked extends Partial<Omit<VerdictInput, 'evidence' | 'setting'>> {
  ticks: readonly TickCounts[];
  replicas?: number;
  canary?: Partial<CanarySpec>;
  analysis?: AnalysisSpec[];
}

/** The ticks one after another, each of `tickMs`. */
export const inTime = (ticks: readonly TickCounts[]): EvidenceTick[] =>
  ticks.map((tick, index) => ({ ...tick, beganMs: index * tickMs }));

/** The verdict after these ticks. */
export function verdictOf({ ticks, replicas = 3, canary, analysis = [], ...input }: Asked): Verdict {
  const spec = { ...standardCanary, ...canary };
  const setting = evidenceSetting(spec, replicas, tickMs);
  const evidence = evidenceOf(inTime(ticks), setting);
  const given = { conditions: {}, bakedMs: 20_000, blindMs: 0, hasBaseline: true, ...input };
  return canaryVerdict({ evidence, setting, ...given }, { canary: spec, analysis });
}

/** The same tick several times. */
export const times = (count: number, tick: TickCounts): TickCounts[] =>
  Array.from({ length: count }, () => tick);
