import { type Deployment, type EndState, isEndState } from '../../domain/deployment.ts';
import { changeOf, doraWindowMs } from '../../domain/dora.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import { stageDurations } from '../../domain/stage-durations.ts';

/** Upper bounds of the stages' histogram, in seconds; the last bucket has none. */
export const stageBuckets = [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 3_600] as const;

/** Changes kept of one environment, at most; 166 a day for the 30 days that are looked at. */
const changesKept = 5_000;

/**
 * What a deployment adds to the figures when it ends: the JSON that the script `countEnd` reads.
 * @param read gives its record as it was before the end, and its journal
 */
export async function endFigures(
  change: Partial<Deployment>,
  read: () => Promise<{ deployment: Deployment | null; journal: JournalEntry[] }>,
): Promise<string> {
  const { state: outcome } = change;
  if (outcome === undefined || !isEndState(outcome)) return '';
  try {
    return written(outcome, change.finishedAt ?? null, await read());
  } catch {
    // A journal that cannot be read must not keep a deployment from ending. It counts; how long it took is not known.
    return JSON.stringify({ outcome, stages: [], change: null });
  }
}

function written(
  outcome: EndState,
  finishedAt: string | null,
  { deployment, journal }: { deployment: Deployment | null; journal: JournalEntry[] },
): string {
  const stages = [...stageDurations(journal)].map(([stage, ms]) => [stage, bucketOf(ms), Math.round(ms)]);
  const change = deployment && finishedAt && changeOf(deployment, journal, outcome, finishedAt);
  const kept = change && {
    score: String(change.finishedAt),
    member: JSON.stringify(change),
    forgetBelow: String(change.finishedAt - doraWindowMs),
    keep: changesKept,
  };
  return JSON.stringify({ outcome, stages, change: kept || null });
}

const bucketOf = (ms: number): string =>
  String(stageBuckets.find((bound) => ms <= bound * 1_000) ?? 'beyond');
