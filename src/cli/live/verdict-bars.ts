import { promoteAt, rollBackAt } from '../../domain/verdict/measures.ts';
import { paint } from '../terminal/output.ts';
import type { TableSpace } from '../view/table.ts';
import type { LiveProgress } from './progress.ts';

const cells = 16;

/**
 * How far the evidence is on its way to a promotion and to a rollback, on the logarithmic scale on which it grows.
 * @returns lines without indentation; none before the first measurement
 */
export function verdictBars(space: TableSpace, progress: LiveProgress): string[] {
  const { measures, policy, counts, countedSince, t } = progress;
  if (measures === null || policy === null || counts === null) return [];
  const compared = policy.compare === 'baseline' && counts.baselineRequests > 0;
  const bad = compared ? Math.min(measures.u, measures.v) : measures.u;
  const baked = t - (countedSince ?? t);
  const until =
    baked < policy.minBakeMs
      ? `not before ${seconds(policy.minBakeMs)}`
      : `at the latest after ${seconds(policy.maxBakeMs)}`;
  return [
    `good  ${bar(space, 'green', progressTo(measures.d, promoteAt))}  ${until}`,
    `bad   ${bar(space, 'red', progressTo(bad, rollBackAt))}`,
  ];
}

/** 0 without evidence, 1 where it decides. */
const progressTo = (evidence: number, decides: number): number =>
  Math.min(1, Math.max(0, Math.log(Math.max(evidence, 1)) / Math.log(decides)));

function bar(space: TableSpace, color: 'green' | 'red', part: number): string {
  const full = Math.floor(part * cells);
  const percent = `${Math.floor(part * 100)} %`.padStart(5);
  return `${paint(space, color, '█'.repeat(full))}${paint(space, 'dim', '░'.repeat(cells - full))} ${percent}`;
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
