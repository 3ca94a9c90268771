import { estimateSentence } from '../domain/canary-estimate.ts';
import type { CanaryPolicy, JournalEntry } from '../domain/journal.ts';
import { tickMs } from '../domain/rollout/analysis.ts';
import { advance, foldProgress, ownEntry, type Progress } from '../domain/rollout/progress.ts';
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
  const judged = new Map<string | null, Judged>();
  for (const entry of journal) {
    const service = entry.event.service ?? null;
    if (entry.event.type === 'rollout-began')
      judged.set(service, { progress: foldProgress([]), policy: policyOf(entry.event) });
    note(verdict, entry, judged.get(service));
    for (const [name, { progress, policy }] of judged) {
      const own = ownEntry(entry, name);
      if (own) judged.set(name, { policy, progress: advance(progress, own) });
    }
  }
  const said = verdict.decision !== 'pending' || verdict.ticks.length > 0 || verdict.conditions.length > 0;
  if (!said) return null;
  const [service, last] = [...judged].at(-1) ?? [null, undefined];
  const policy = last?.policy ?? null;
  const ticks = verdict.ticks.filter((tick) => (tick.service ?? null) === service);
  const estimate = last ? estimateOf(ticks, verdict.beganAt, last) : null;
  return { ...verdict, policy: policy && policyView(policy), estimate };
}

/** What one service is judged by, and how far it is. */
interface Judged {
  progress: Progress;
  /** null in journals of old versions. */
  policy: CanaryPolicy | null;
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

/** @param judged what was so before this entry; absent before a rollout began */
function note(verdict: VerdictView, { t, event }: JournalEntry, judged: Judged | undefined): void {
  const named = event.service === undefined ? {} : { service: event.service };
  switch (event.type) {
    case 'tick': {
      const { nc, ec, nb, eb, source } = event;
      const { policy = null, progress } = judged ?? {};
      const warmUp = policy !== null && isWarmUp(policy, progress?.bakedMs ?? 0);
      verdict.beganAt ??= progress?.measuredAt ?? t;
      verdict.ticks.push({ t, ...named, nc, ec, nb, eb, ...measuresOf(event), source, warmUp });
      return;
    }
    case 'condition': {
      const { type: _type, service: _service, ...result } = event;
      verdict.conditions.push({ t, ...named, ...result });
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

const policyOf = ({ policy }: { policy?: CanaryPolicy }): CanaryPolicy | null => policy ?? null;

const policyView = (policy: CanaryPolicy): PolicyView => {
  const { share, warmupMs, minBakeMs, maxBakeMs, max5xx, watchMs, compare, replicas } = policy;
  return { share, warmupMs, minBakeMs, maxBakeMs, max5xx, watchMs, compare, replicas };
};

/** Of the traffic that was seen; null where there is no canary to wait for, as in a first deployment. */
function estimateOf(
  ticks: readonly TickView[],
  beganAt: number | null,
  { policy, progress: { baseline, skipCanary } }: Judged,
): string | null {
  const spanMs = (ticks.at(-1)?.t ?? 0) - (beganAt ?? 0);
  if (policy === null || baseline === null || skipCanary || ticks.length === 0 || spanMs <= 0) return null;
  const requests = ticks.reduce((sum, { nc, nb }) => sum + nc + nb, 0);
  return estimateSentence(policy, requests / (spanMs / 1_000));
}
