import {
  canaryVerdict,
  evidenceOf,
  foundBad,
  type RollBackVerdict,
  shownEnough,
  type Verdict,
  type VerdictInput,
} from '../canary-verdict.ts';
import type { CanaryPolicy } from '../journal.ts';
import type { RolloutSpec } from '../service-spec.ts';
import { type Evidence, type EvidenceSetting, evidenceSetting, measuresOf } from '../verdict/evidence.ts';
import type { Measures } from '../verdict/measures.ts';
import { baselineRecovered } from '../verdict/recovery.ts';
import { type Fleet, isServing, type Situation } from './fleet.ts';
import type { Progress, TimedTick } from './progress.ts';

/** Time between two measurements. */
export const tickMs = 1_000;

/** A deployment that waits for days is looked at ever more rarely: every hundredth of its wait, at most this, in ms. */
const slowestTickMs = 60_000;
const waitPerTick = 100;

/** A measurement is due: something of the new release has traffic, and the last one is a tick ago. */
export function analysisDue({ spec, progress, t }: Situation, fleet: Fleet): boolean {
  if (spec.worker) return false;
  const attached = fleet.fresh.some(({ server }) => server?.state === 'ready');
  const waitingSince = progress.frozenSince ?? progress.held?.since ?? t;
  const interval = Math.min(slowestTickMs, Math.max(tickMs, (t - waitingSince) / waitPerTick));
  return attached && (progress.measuredAt === null || t - progress.measuredAt >= interval);
}

/** What the ticks so far say about the canary. */
export const verdictNow = (situation: Situation, fleet: Fleet): Verdict =>
  canaryVerdict(verdictInput(situation, fleet), situation.spec);

/** The same while it is held for the old release, which fails too: only what holds at any time. */
export const verdictWhileHeld = (situation: Situation, fleet: Fleet): Verdict =>
  shownEnough(verdictInput(situation, fleet), situation.spec) ?? { decision: 'continue' };

/** Whether the release has been found bad after its promotion. */
export const turnedBad = (situation: Situation, fleet: Fleet): RollBackVerdict | undefined =>
  situation.progress.ticks.length === 0
    ? undefined
    : foundBad(verdictInput(situation, fleet), situation.spec);

/** Whether the old release, for which the deployment is held, is well again. */
export const recovered = ({ progress, spec }: Situation): boolean =>
  baselineRecovered(progress.ticks, spec.canary.max5xx);

/** U, V and D after the ticks so far, for people. */
export function measuresNow(progress: Progress, spec: RolloutSpec): Measures {
  const setting = settingOf(progress, spec);
  return measuresOf(evidenceNow(progress, spec, setting), setting, progress.bakedMs);
}

/** What a deployment is judged by, for its record. */
export const policyOf = (baselineReplicas: number, spec: RolloutSpec): CanaryPolicy => ({
  ...spec.canary,
  replicas: bothArms(baselineReplicas, spec),
});

/** The ticks change once a second, and the plan is made twenty times in it: their evidence is kept with them. */
const kept = new WeakMap<readonly TimedTick[], { spec: RolloutSpec; evidence: Evidence }>();

function evidenceNow({ ticks }: Progress, spec: RolloutSpec, setting: EvidenceSetting): Evidence {
  const known = kept.get(ticks);
  if (known?.spec === spec) return known.evidence;
  const evidence = evidenceOf(ticks, setting);
  kept.set(ticks, { spec, evidence });
  return evidence;
}

function verdictInput({ progress, spec, t }: Situation, fleet: Fleet): VerdictInput {
  const setting = settingOf(progress, spec);
  return {
    evidence: evidenceNow(progress, spec, setting),
    setting,
    conditions: progress.conditions,
    bakedMs: progress.bakedMs,
    blindMs: progress.blindSince === null ? 0 : t - progress.blindSince,
    hasBaseline: fleet.baseline.some(isServing),
  };
}

const settingOf = ({ baseline }: Progress, spec: RolloutSpec): EvidenceSetting =>
  evidenceSetting(spec.canary, bothArms(baseline?.slots.length ?? 0, spec), tickMs);

const bothArms = (baselineReplicas: number, { order }: RolloutSpec): number =>
  Math.max(1, baselineReplicas + (order === 'start-first' ? 1 : 0));
