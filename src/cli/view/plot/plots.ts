import type { VerdictView } from '../../../api/schemas.ts';
import type { Io } from '../../terminal/io.ts';
import { belowPlot, plotMargin } from './canvas.ts';
import { errorLegend, errorPlot } from './error-plot.ts';
import { evidenceLegend, evidencePlot } from './evidence-plot.ts';
import { timeAxis, timelineOf } from './timeline.ts';

const widest = 72;

/** The two plots of a verdict, as lines. Empty when no request was measured, or the terminal is too narrow. */
export function plots(io: Io, verdict: VerdictView): string[] {
  if (verdict.ticks.every(({ nc, nb }) => nc + nb === 0)) return [];
  const timeline = timelineOf(verdict, Math.min(widest, io.columns) - plotMargin);
  if (timeline === null) return [];
  const happened = events(verdict);
  const atColumn = new Map(happened.map(({ t, letter }) => [timeline.columnOf(t), letter]));
  const [line, labels] = timeAxis(timeline, atColumn);
  const axis = [belowPlot(`└${line}`), belowPlot(` ${labels}`)];
  const errors = errorPlot(io, verdict, timeline, atColumn.keys());
  const evidence = evidencePlot(io, verdict, timeline, atColumn.keys());
  const began = verdict.beganAt ?? 0;
  const legend = happened.map(
    ({ t, letter, name }) => `${letter} ${name} ${((t - began) / 1_000).toFixed(1)} s`,
  );
  const lines = [
    ...errors,
    ...axis,
    belowPlot(` ${errorLegend(verdict)}`),
    ...(evidence.length > 0 ? ['', ...evidence, ...axis] : []),
    ...(evidence.length > 0 ? evidenceLegend(verdict).map((text) => belowPlot(` ${text}`)) : []),
    ...(legend.length > 0 ? [belowPlot(` ${legend.join('  ')}`)] : []),
  ];
  return lines;
}

interface Happened {
  t: number;
  letter: string;
  name: string;
}

/** What stands on the time axis, in the order in which it happened. */
function events({ ticks, promotedAt, rollbackAt }: VerdictView): Happened[] {
  const warmUpEnd = ticks.findLast(({ warmUp }, index) => warmUp && ticks[index + 1]?.warmUp === false);
  const known: [number | undefined | null, string, string][] = [
    [warmUpEnd?.t, 'w', 'warmed up'],
    [promotedAt, 'P', 'promoted'],
    [rollbackAt, 'R', 'rolled back'],
  ];
  return known.flatMap(([t, letter, name]) => (typeof t === 'number' ? [{ t, letter, name }] : []));
}
