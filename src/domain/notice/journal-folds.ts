import type { JournalEntry, VerdictEvidence } from '../journal.ts';
import { type DeploymentStage, deploymentStages, stageDurations } from '../stage-durations.ts';

export interface NoticeStage {
  stage: DeploymentStage;
  /** Milliseconds it was in it so far, on the deployment's own clock. */
  ms: number;
}

/** The verdict's last word. */
export interface NoticeDecision {
  decision: 'promote' | 'rollback';
  evidence: VerdictEvidence;
  reason: string;
}

/** Requests and how many of them were 5xx, of the new release and of the old one beside it. */
export interface ArmCounts {
  canary: { requests: number; errors: number };
  baseline: { requests: number; errors: number };
}

/** What was counted before the promotion, and since. A new observation forgets what was counted in the one before. */
export function countsOf(journal: readonly JournalEntry[]): {
  canary: ArmCounts | null;
  watch: ArmCounts | null;
} {
  /** Several services are promoted one after the other. */
  const promoted = new Set<string | undefined>();
  let canary: ArmCounts | null = null;
  let watch: ArmCounts | null = null;
  for (const { event } of journal) {
    if (event.type === 'promoted') promoted.add(event.service);
    if (event.type === 'observation-began' && promoted.size === 0) canary = null;
    if (event.type !== 'tick') continue;
    if (promoted.has(event.service)) watch = added(watch, event);
    else canary = added(canary, event);
  }
  return { canary, watch };
}

function added(
  before: ArmCounts | null,
  { nc, ec, nb, eb }: { nc: number; ec: number; nb: number; eb: number },
): ArmCounts {
  return {
    canary: { requests: (before?.canary.requests ?? 0) + nc, errors: (before?.canary.errors ?? 0) + ec },
    baseline: {
      requests: (before?.baseline.requests ?? 0) + nb,
      errors: (before?.baseline.errors ?? 0) + eb,
    },
  };
}

/** The last one: a rollback in the watch counts more than the promotion before it. */
export function decisionOf(journal: readonly JournalEntry[]): NoticeDecision | null {
  const last = journal.findLast(({ event }) => event.type === 'promoted' || event.type === 'rollback-began');
  if (last?.event.type !== 'promoted' && last?.event.type !== 'rollback-began') return null;
  const { type, evidence, reason } = last.event;
  return { decision: type === 'promoted' ? 'promote' : 'rollback', evidence, reason };
}

/** The stages it was in, in the order in which they are gone through. */
export function stagesOf(journal: readonly JournalEntry[]): NoticeStage[] {
  const durations = stageDurations(journal);
  return deploymentStages.flatMap((stage) => {
    const ms = durations.get(stage);
    return ms === undefined ? [] : [{ stage, ms }];
  });
}
