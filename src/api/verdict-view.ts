import { estimateSentence } from '../domain/canary-estimate.ts';
import type { CanaryPolicy, JournalEntry } from '../domain/journal.ts';
import { tickMs } from '../domain/rollout/analysis.ts';
import { advance, foldProgress, type Progress } from '../domain/rollout/progress.ts';
import { evidenceSetting, inWarmUp } from '../domain/verdict/evidence.ts';
import type { Measures } from '../domain/verdict/measures.ts';
import type { PolicyView, TickView, VerdictView } from './schemas.ts';

/**
 * Every tick, every look at a condition, and the last decision: a rollback in the watch counts more than the promotion
 * before it. Journals of older versions have neither measures nor policy.
 *
 * @returns null while nothing was measured or decided
 */
export function verdictOf(journal: readonly JournalEntry[]): VerdictView | null {
  const verdict = emptyVerdict();
  const policy = policyIn(journal);
  let progress = foldProgress([]);
  for (const entry of journal) {
    note(verdict, entry, progress, policy);
    progress = advance(progress, entry);
  }
  const said = verdict.decision !== 'pending' || verdict.ticks.length > 0 || verdict.conditions.length > 0;
  if (!said) return null;
  return {
    ...verdict,
    policy: policy && policyView(policy),
    estimate: estimateOf(verdict, policy, progress),
  };
}

const emptyVerdict = (): VerdictView => ({
  decision: 'pending',
  evidence: null,
  reason: null,
  policy: null,
  estimate: null,
  beganAt: null,
  promotedAt: null,
  rollbackAt: null,
  ticks: [],
  conditions: [],
});

/** @param before what was so before this entry */
function note(
  verdict: VerdictView,
  { t, event }: JournalEntry,
  before: Progress,
  policy: CanaryPolicy | null,
): void {
  switch (event.type) {
    case 'tick': {
      const { nc, ec, nb, eb, source } = event;
      const warmUp = policy !== null && isWarmUp(policy, before.bakedMs);
      verdict.beganAt ??= before.measuredAt ?? t;
      verdict.ticks.push({ t, nc, ec, nb, eb, ...measuresOf(event), source, warmUp });
      return;
    }
    case 'condition': {
      const { type: _type, ...result } = event;
      verdict.conditions.push({ t, ...result });
      return;
    }
    case 'promoted':
      verdict.promotedAt = t;
      Object.assign(verdict, { decision: 'promote', evidence: event.evidence, reason: event.reason });
      return;
    case 'rollback-began':
      verdict.rollbackAt = t;
      Object.assign(verdict, { decision: 'rollback', evidence: event.evidence, reason: event.reason });
      return;
    default:
      return;
  }
}

const isWarmUp = (policy: CanaryPolicy, bakedMs: number): boolean =>
  inWarmUp(bakedMs, evidenceSetting(policy, policy.replicas, tickMs));

function measuresOf({ measures }: { measures?: Measures }): Pick<TickView, 'u' | 'v' | 'd'> {
  const { u = null, v = null, d = null } = measures ?? {};
  return { u, v, d };
}

function policyIn(journal: readonly JournalEntry[]): CanaryPolicy | null {
  for (const { event } of journal) {
    if (event.type !== 'rollout-began') continue;
    const { policy }: { policy?: CanaryPolicy } = event;
    return policy ?? null;
  }
  return null;
}

const policyView = (policy: CanaryPolicy): PolicyView => {
  const { share, warmupMs, minBakeMs, maxBakeMs, max5xx, watchMs, compare, replicas } = policy;
  return { share, warmupMs, minBakeMs, maxBakeMs, max5xx, watchMs, compare, replicas };
};

/** Of the traffic that was seen; null where there is no canary to wait for, as in a first deployment. */
function estimateOf(
  { ticks, beganAt }: VerdictView,
  policy: CanaryPolicy | null,
  { baseline, skipCanary }: Progress,
): string | null {
  const spanMs = (ticks.at(-1)?.t ?? 0) - (beganAt ?? 0);
  if (policy === null || baseline === null || skipCanary || ticks.length === 0 || spanMs <= 0) return null;
  const requests = ticks.reduce((sum, { nc, nb }) => sum + nc + nb, 0);
  return estimateSentence(policy, requests / (spanMs / 1_000));
}
