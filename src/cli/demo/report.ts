import type { Io } from '../terminal/io.ts';
import { neutral, paint } from '../terminal/output.ts';
import type { DemoFigures } from './play.ts';
import type { DemoRelease } from './releases.ts';

/** Whether a release went as the story has it: its outcome, and nobody but a bad canary failed a request. */
export const asTold = (release: DemoRelease, figures: DemoFigures): boolean =>
  figures.outcome === release.outcome &&
  figures.failedRequests === figures.failedOnCanary &&
  (release.name === 'r3' || figures.failedRequests === 0);

/** One line per release: seconds, requests, failed requests, verdict. */
export function writeFigures(io: Io, release: DemoRelease, figures: DemoFigures): void {
  const outcome = figures.outcome.padEnd(11);
  const colour = figures.outcome === 'succeeded' ? 'green' : 'yellow';
  const counts = `${String(figures.requests).padStart(5)} requests ${String(figures.failedRequests).padStart(3)} failed`;
  const time = `${figures.seconds.toFixed(1).padStart(5)} s`;
  io.write(`${release.name}  ${paint(io, colour, outcome)} ${time} ${counts}  ${release.about}\n`);
  const [first = ''] = (figures.reason ?? '').split('\n');
  if (first !== '') io.write(`      ${neutral(first)}\n`);
}
