import type { Table } from './bench.ts';

/** A table as text: the first column aligned left, the others right, numbers as `numberText` writes them. */
export function tableText({ title, columns, rows }: Table): string {
  const texts = rows.map((row) => columns.map((_, index) => cellText(row[index])));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...texts.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [title, '', line(columns), rule, ...texts.map(line), ''].join('\n');
}

const cellText = (cell: string | number | undefined): string =>
  typeof cell === 'number' ? numberText(cell) : (cell ?? '');

/** Whole from 100 on, else three significant digits; `–` for what was not measured. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value) || Math.abs(value) >= 100) return value.toFixed(0);
  return value.toPrecision(3);
}
