import type { TickView, VerdictView } from '../../../api/schemas.ts';
import { promoteAt, rollBackAt } from '../../../domain/verdict/measures.ts';
import type { Io } from '../../terminal/io.ts';
import { Canvas, type Mark } from './canvas.ts';
import type { Timeline } from './timeline.ts';

/** One threshold is five times the other, so the rows are powers of five, and both thresholds have one. */
const factor = rollBackAt / promoteAt;
const rows = 8;
const promoteRow = 5;
const rollBackRow = 6;

type Measure = 'u' | 'v' | 'd';
const marks: Record<Measure, Mark> = {
  u: { char: 'U', color: 'red' },
  v: { char: 'V', color: 'yellow' },
  d: { char: 'D', color: 'green' },
};

/** Evidence over time on a logarithmic scale, with the thresholds as lines. Empty for records of old versions. */
export function evidencePlot(
  io: Io,
  verdict: VerdictView,
  { columns }: Timeline,
  uprights: Iterable<number>,
): string[] {
  if (verdict.ticks.every(({ u, v, d }) => u === null && v === null && d === null)) return [];
  const canvas = new Canvas(columns.length, rows);
  for (const column of uprights) canvas.upright(column);
  canvas.across(promoteRow, 'dim');
  canvas.across(rollBackRow, 'dim');
  const shown = measuresShown(verdict);
  columns.forEach((ticks, column) => {
    for (const measure of shown) drawLast(canvas, ticks, column, measure);
  });
  const labels = Array.from({ length: rows }, (_, row) => label(promoteAt * factor ** (row - promoteRow)));
  return ['evidence, on a logarithmic scale', ...canvas.text(io, labels)];
}

/** What the letters mean, and the thresholds. */
export const evidenceLegend = (verdict: VerdictView): string[] => {
  const compared = measuresShown(verdict).includes('v');
  const worse = compared ? '  V worse than the old release' : '';
  return [
    `U above the limit${worse}  * several`,
    `D below the limit  ── ${rollBackAt}: ${compared ? 'U and V roll' : 'U rolls'} back  ── ${promoteAt}: D promotes`,
  ];
};

/** V says nothing where nothing is compared. */
const measuresShown = ({ policy, ticks }: VerdictView): Measure[] =>
  policy?.compare === 'absolute' || ticks.every(({ nb }) => nb === 0) ? ['u', 'd'] : ['u', 'v', 'd'];

function drawLast(canvas: Canvas, ticks: readonly TickView[], column: number, measure: Measure): void {
  const value = ticks.at(-1)?.[measure] ?? null;
  if (value !== null) canvas.mark(column, rowOf(value), marks[measure]);
}

/** A value stands on the row that it has reached; what lies outside the plot, at its edge. */
function rowOf(value: number): number {
  const powers = Math.log(Math.max(value, Number.MIN_VALUE) / promoteAt) / Math.log(factor);
  const row = promoteRow + Math.floor(powers + 1e-9);
  return Math.max(0, Math.min(rows - 1, row));
}

const label = (value: number): string => String(Number(value.toPrecision(1)));
