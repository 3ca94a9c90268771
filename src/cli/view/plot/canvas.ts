import type { Io } from '../../terminal/io.ts';
import { type Color, paint } from '../../terminal/output.ts';

/** What stands in one cell of a plot. */
export interface Mark {
  char: string;
  color: Color;
}

/** Stands where several series meet. */
const several: Mark = { char: '*', color: 'bold' };
const gutter = 8;

/** Columns that the labels before a plot take. */
export const plotMargin = gutter + 1;

/** A plot's cells; row 0 is the lowest. Lines lie under the marks. */
export class Canvas {
  readonly #marks: (Mark | undefined)[][];
  readonly #lines: (Mark | undefined)[][];
  readonly #columns: number;

  constructor(columns: number, rows: number) {
    const empty = () => Array.from({ length: rows }, () => Array<Mark | undefined>(columns).fill(undefined));
    this.#marks = empty();
    this.#lines = empty();
    this.#columns = columns;
  }

  /** Another mark in the same place makes it one for several. */
  mark(column: number, row: number, mark: Mark): void {
    const cells = this.#marks[row];
    if (cells && column < this.#columns) cells[column] = cells[column] ? several : mark;
  }

  across(row: number, color: Color): void {
    this.#lines[row]?.fill({ char: '─', color });
  }

  upright(column: number): void {
    for (const cells of this.#lines) cells[column] = { char: '┊', color: 'dim' };
  }

  /** @param labels of the rows, the lowest first @returns the rows, the highest first */
  text(io: Io, labels: readonly string[]): string[] {
    return this.#marks
      .map((marks, row) => {
        const cells = marks.map((mark, column) => mark ?? this.#lines[row]?.[column]);
        return `${(labels[row] ?? '').padStart(gutter - 1)} │${runsOf(cells).map(painted(io)).join('')}`.trimEnd();
      })
      .reverse();
  }
}

/** A line below a plot, under its columns. */
export const belowPlot = (text: string): string => `${' '.repeat(gutter)}${text}`;

interface Run {
  text: string;
  color: Color | undefined;
}

/** Neighbours of one colour together, so that a line needs few control sequences. */
function runsOf(cells: readonly (Mark | undefined)[]): Run[] {
  const runs: Run[] = [];
  for (const cell of cells) {
    const last = runs.at(-1);
    const [char, color] = [cell?.char ?? ' ', cell?.color];
    if (last !== undefined && last.color === color) last.text += char;
    else runs.push({ text: char, color });
  }
  return runs;
}

const painted =
  (io: Io) =>
  ({ text, color }: Run): string =>
    color === undefined ? text : paint(io, color, text);
