import type { Table } from './bench.ts';
import { median } from './statistics.ts';

/** A new release and the traffic that it meets. */
export interface Cell {
  name: string;
  requestsPerSecond: number;
  /** Of its answers but the health check's, 0 to 1. */
  failShare: number;
  right: 'promote' | 'rollback';
}

export const cells: readonly Cell[] = [
  { name: 'all 5xx, 10/s', requestsPerSecond: 10, failShare: 1, right: 'rollback' },
  { name: 'all 5xx, 100/s', requestsPerSecond: 100, failShare: 1, right: 'rollback' },
  { name: '50 % 5xx, 10/s', requestsPerSecond: 10, failShare: 0.5, right: 'rollback' },
  { name: 'good, 10/s', requestsPerSecond: 10, failShare: 0, right: 'promote' },
  { name: 'good, 100/s', requestsPerSecond: 100, failShare: 0, right: 'promote' },
];

/** How one release went under one rule. */
export interface Outcome {
  cell: Cell;
  rule: 'siskin' | 'fixed';
  /** `promote`, `rollback`, or the state in which it ended otherwise. */
  decision: string;
  /** From the canary's first chance of a request to the decision. */
  seconds: number;
  /** Requests that the new release failed, until it had no more. */
  failed: number;
  /** Failed requests that it did not answer. */
  failedElsewhere: number;
}

/** A row for each cell with both rules' medians. */
export function comparisonTable(
  outcomes: readonly Outcome[],
  { windowMs, quick }: { windowMs: number; quick: boolean },
): Table {
  const ofRule = (cell: Cell, rule: Outcome['rule'], key: 'failed' | 'seconds') =>
    median(outcomes.filter((one) => one.cell === cell && one.rule === rule).map((one) => one[key]));
  const compared = (cell: Cell, key: 'failed' | 'seconds') => {
    const [siskin, fixed] = [ofRule(cell, 'siskin', key), ofRule(cell, 'fixed', key)];
    return [siskin, fixed, siskin / fixed];
  };
  const window = `a fixed ${windowMs / 1000} s / 5 % window`;
  return {
    title: `Siskin against ${window}${quick ? ' (quick: one cell, a shorter window than 60 s)' : ''}, medians`,
    columns: ['new release', 'failed', 'failed, fixed', 'of fixed', 's to verdict', 's, fixed', 'of fixed'],
    rows: [...new Set(outcomes.map(({ cell }) => cell))].map((cell) => [
      cell.name,
      ...compared(cell, 'failed'),
      ...compared(cell, 'seconds'),
    ]),
  };
}

/** A rule that decides wrongly, or costs requests of the old release, cannot be compared. Being slow is no problem. */
export const problems = ({ cell, rule, decision, failedElsewhere }: Outcome): string[] => [
  ...(decision === cell.right ? [] : [`${cell.name}, ${rule}: ${decision} instead of ${cell.right}`]),
  ...(failedElsewhere > 0
    ? [`${cell.name}, ${rule}: ${failedElsewhere} requests failed that the canary did not answer`]
    : []),
];
