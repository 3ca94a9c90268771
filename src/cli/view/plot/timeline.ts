import type { TickView, VerdictView } from '../../../api/schemas.ts';

/** A deployment's ticks, spread over the columns of a plot. */
export interface Timeline {
  /** The ticks of each column: those that ended in it, else the one that was going on. Never empty. */
  columns: TickView[][];
  /** How long a column is. */
  msPerColumn: number;
  /** The column of a time on the deployment's clock, in ms; those outside belong to the first or last one. */
  columnOf(t: number): number;
}

const columnsPerTick = 8;
const fewestColumns = 24;

/** @param most columns there is room for @returns null when nothing was measured or there is no room */
export function timelineOf({ ticks, beganAt }: VerdictView, most: number): Timeline | null {
  const last = ticks.at(-1);
  if (last === undefined || most < fewestColumns) return null;
  const count = Math.min(most, Math.max(fewestColumns, ticks.length * columnsPerTick));
  const began = beganAt ?? 0;
  const msPerColumn = Math.max(1, last.t - began) / count;
  const columnOf = (t: number): number =>
    Math.max(0, Math.min(count - 1, Math.ceil((t - began) / msPerColumn) - 1));
  const columns = Array.from({ length: count }, (): TickView[] => []);
  for (const tick of ticks) columns[columnOf(tick.t)]?.push(tick);
  return { columns: filled(columns, last), msPerColumn, columnOf };
}

/** A column in which no tick ended belongs to the next one that did. */
function filled(columns: readonly TickView[][], last: TickView): TickView[][] {
  let next = last;
  return columns
    .toReversed()
    .map((ended) => {
      next = ended[0] ?? next;
      return ended.length > 0 ? ended : [next];
    })
    .reverse();
}

/** The time axis: a line with marks at round seconds and at what happened, and the seconds below it. */
export function timeAxis(
  { columns, msPerColumn }: Timeline,
  events: ReadonlyMap<number, string>,
): [line: string, labels: string] {
  const step = roundStep((msPerColumn * columnsPerLabel) / 1_000);
  const line = columns.map(() => '─');
  let labels = '0 s';
  for (let seconds = step; ; seconds += step) {
    const column = Math.round((seconds * 1_000) / msPerColumn) - 1;
    if (column >= columns.length) break;
    line[column] = '┴';
    labels = labels.padEnd(Math.min(column, columns.length - String(seconds).length)) + seconds;
  }
  for (const [column, letter] of events) line[column] = letter;
  return [line.join(''), labels];
}

const columnsPerLabel = 10;

/** The next of 1, 2, 5, 10, 20, 50, … */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? power;
}
