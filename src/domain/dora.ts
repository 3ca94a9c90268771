import type { Deployment, EndState } from './deployment.ts';
import type { JournalEntry } from './journal.ts';

/** A deployment that reached traffic, as the DORA figures need it. Times are milliseconds since 1970. */
export interface Change {
  deployment: string;
  /** `returned`: a release that was asked for by number, and was there before. */
  outcome: 'succeeded' | 'returned' | 'failed';
  createdAt: number;
  /** When the release had all the traffic; for a failure, when it had ended. */
  servedAt: number;
  finishedAt: number;
}

/** The four figures; null where there is nothing to go by. */
export interface DoraFigures {
  deploymentsPerDay: number;
  leadTimeSeconds: number | null;
  changeFailureShare: number | null;
  timeToRestoreSeconds: number | null;
}

/** The days that the figures look back. */
export const doraDays = 30;
export const doraWindowMs = doraDays * 24 * 3_600_000;

/**
 * What a deployment that ends is to the DORA figures. Only one whose replica got requests is a change; one that a
 * person or a newer push ended is neither a success nor a failure.
 *
 * @param deployment as it was before its end
 * @param finishedAt ISO 8601
 */
export function changeOf(
  deployment: Pick<Deployment, 'id' | 'createdAt' | 'target'>,
  journal: readonly JournalEntry[],
  end: EndState,
  finishedAt: string,
): Change | null {
  if (end === 'cancelled' || end === 'superseded') return null;
  if (!journal.some(({ event }) => event.type === 'replica-attached')) return null;
  const finished = Date.parse(finishedAt);
  const watched = journal.find(({ event }) => event.type === 'state' && event.state === 'watching');
  const served = end === 'succeeded' && watched ? Date.parse(watched.at) : finished;
  const succeeded = deployment.target.kind === 'release' ? 'returned' : 'succeeded';
  return {
    deployment: deployment.id,
    outcome: end === 'succeeded' ? succeeded : 'failed',
    createdAt: Date.parse(deployment.createdAt),
    servedAt: served,
    finishedAt: finished,
  };
}

/** The figures of one environment over the 30 days before `now`. @param changes in any order, older ones are left out */
export function doraFigures(changes: readonly Change[], now: Date): DoraFigures {
  const since = now.getTime() - doraWindowMs;
  const recent = changes
    .filter(({ finishedAt }) => finishedAt >= since)
    .sort((a, b) => a.finishedAt - b.finishedAt);
  const good = recent.filter(({ outcome }) => outcome !== 'failed');
  const brought = good.filter(({ outcome }) => outcome === 'succeeded');
  return {
    deploymentsPerDay: good.length / doraDays,
    leadTimeSeconds: median(brought.map(({ createdAt, servedAt }) => seconds(createdAt, servedAt))),
    changeFailureShare: recent.length === 0 ? null : (recent.length - good.length) / recent.length,
    timeToRestoreSeconds: median(restoreTimes(recent)),
  };
}

/** From the first failure in a row to the next success; a row without one yet does not count. */
function restoreTimes(oldestFirst: readonly Change[]): number[] {
  const times: number[] = [];
  let failedAt: number | null = null;
  for (const { outcome, finishedAt, servedAt } of oldestFirst) {
    if (outcome === 'failed') failedAt ??= finishedAt;
    else if (failedAt !== null) {
      times.push(seconds(failedAt, servedAt));
      failedAt = null;
    }
  }
  return times;
}

/** The wall clock may have been stepped back in between: then 0. */
const seconds = (from: number, to: number): number => Math.max(0, to - from) / 1_000;

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}
