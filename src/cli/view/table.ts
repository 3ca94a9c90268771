import type { Io } from '../terminal/io.ts';
import { type Color, neutral, paint } from '../terminal/output.ts';
import { cut, pad, widthOf } from './width.ts';

/** A table's cell: its text and, where it has one, its colour. */
export type Cell = string | { text: string; color: Color };

export type TableSpace = Pick<Io, 'color' | 'columns'>;

const gap = 2;
/** What a column keeps at least when the terminal is too narrow for all. */
const narrowest = 8;
const leastSentence = 16;

/**
 * Rows under headers, columns aligned, texts neutral and on one line.
 *
 * For a terminal (`columns` is finite) columns without a text are left out and the longest cells are cut until a row
 * fits; a file or pipe gets everything, always in the same columns.
 */
export function tableLines(space: TableSpace, headers: string[], rows: Cell[][]): string[] {
  const texts = rows.map((row) => headers.map((_, column) => oneLine(row[column] ?? '')));
  const shown = headers.map((_, column) => column).filter((column) => isShown(space, texts, column));
  const natural = shown.map((column) =>
    Math.max(widthOf(headers[column] ?? ''), ...texts.map((row) => widthOf(row[column] ?? ''))),
  );
  const widths = fitted(natural, space.columns);
  const line = (row: string[], colorOf: (column: number) => Color | undefined): string =>
    shown
      .map((column, place) => {
        const text = cut(row[column] ?? '', widths[place] ?? 0);
        const last = place === shown.length - 1;
        const color = text === '' ? undefined : colorOf(column);
        const painted = color === undefined ? text : paint(space, color, text);
        return last ? painted : pad(painted, (widths[place] ?? 0) + gap);
      })
      .join('')
      .trimEnd();
  return [
    line(headers, () => 'dim'),
    ...texts.map((row, index) =>
      line(row, (column) => {
        const cell = rows[index]?.[column];
        return typeof cell === 'object' ? cell.color : undefined;
      }),
    ),
  ];
}

/** Writes a table, or the sentence `empty` instead when there is no row. */
export function writeTable(io: Io, headers: string[], rows: Cell[][], empty: string): void {
  const lines = rows.length === 0 ? [empty] : tableLines(io, headers, rows);
  io.write(`${lines.join('\n')}\n`);
}

const isShown = ({ columns }: TableSpace, texts: string[][], column: number): boolean =>
  !Number.isFinite(columns) || texts.some((row) => row[column] !== '');

/** A reason may have many lines: a row has one. */
const oneLine = (cell: Cell): string =>
  neutral((typeof cell === 'string' ? cell : cell.text).trimEnd().replace(/\s*\n\s*/g, ' '));

/** Takes from the last column, which holds sentences, then from the widest, of equal ones from the last, until all fit. */
function fitted(natural: number[], columns: number): number[] {
  const widths = [...natural];
  const last = widths.length - 1;
  let over = sum(widths) + gap * last - columns;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    const place = (widths[last] ?? 0) > leastSentence ? last : widths.lastIndexOf(widest);
    widths[place] = (widths[place] ?? 0) - 1;
    over -= 1;
  }
  return clipped(widths, columns);
}

/** Where even the narrowest columns do not fit, the last ones are cut off. */
function clipped(widths: number[], columns: number): number[] {
  let left = columns;
  return widths.map((width) => {
    const kept = Math.max(0, Math.min(width, left));
    left -= kept + gap;
    return kept;
  });
}

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
