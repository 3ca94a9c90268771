import type { TickView, VerdictView } from '../../../api/schemas.ts';
import type { Io } from '../../terminal/io.ts';
import { Canvas } from './canvas.ts';
import type { Timeline } from './timeline.ts';

const rows = 8;
/** The row of the limit: the rows above it lead to 100 %, each below it is a third of the next; the lowest is 0. */
const limitRow = 3;
const below = 3;
/** Where a record of an old version does not tell the limit. */
const usualLimit = 0.05;

/** Share of failed requests over time, of the canary (C) and the baseline (B), with the limit as a line. */
export function errorPlot(
  io: Io,
  { policy }: VerdictView,
  { columns }: Timeline,
  uprights: Iterable<number>,
): string[] {
  const limit = policy?.max5xx ?? usualLimit;
  const canvas = new Canvas(columns.length, rows);
  for (const column of uprights) canvas.upright(column);
  if (policy !== null) canvas.across(limitRow, 'dim');
  columns.forEach((ticks, column) => {
    const baseline = shareOf(ticks, 'eb', 'nb');
    const canary = shareOf(ticks, 'ec', 'nc');
    if (baseline !== null) canvas.mark(column, rowOf(baseline, limit), { char: 'B', color: 'cyan' });
    if (canary !== null) canvas.mark(column, rowOf(canary, limit), { char: 'C', color: 'yellow' });
  });
  const labels = Array.from({ length: rows }, (_, row) => percent(shareAt(row, limit)));
  return ['share of requests that failed', ...canvas.text(io, labels)];
}

/** "C canary  B old release  ── limit 5 %" */
export const errorLegend = ({ policy }: VerdictView): string =>
  `C canary  B old release  * both${policy === null ? '' : `  ── limit ${percent(policy.max5xx)}`}`;

function shareOf(ticks: readonly TickView[], failed: 'ec' | 'eb', all: 'nc' | 'nb'): number | null {
  const requests = ticks.reduce((sum, tick) => sum + tick[all], 0);
  return requests === 0 ? null : ticks.reduce((sum, tick) => sum + tick[failed], 0) / requests;
}

/** A share stands on the row that it has reached, so that what is below the line is below the limit. */
function rowOf(share: number, limit: number): number {
  if (share <= 0) return 0;
  if (share < limit) return Math.max(1, limitRow + floor(Math.log(share / limit) / Math.log(below)));
  const steps = rows - 1 - limitRow;
  return limitRow + Math.min(steps, floor((steps * Math.log(share / limit)) / Math.log(1 / limit)));
}

/** Rounded down, but for what the logarithms lose. */
const floor = (value: number): number => Math.floor(value + 1e-9);

function shareAt(row: number, limit: number): number {
  if (row === 0) return 0;
  if (row < limitRow) return limit / below ** (limitRow - row);
  return limit ** ((rows - 1 - row) / (rows - 1 - limitRow));
}

/** `47 %`, `1.7 %` */
function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}
