import { stripVTControlCharacters } from 'node:util';
import { isDeploymentState } from '../../domain/deployment.ts';
import { type Color, neutral, paint, stateColor } from '../terminal/output.ts';
import type { TableSpace } from '../view/table.ts';
import { cut, pad, widthOf } from '../view/width.ts';
import type { LiveProgress, LiveStage } from './progress.ts';
import { verdictBars } from './verdict-bars.ts';

/** Which deployment it is. */
export interface LiveSubject {
  id: string;
  app: string;
  environment: string;
  title: string | null;
  release: string | null;
  baseline: string | null;
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const indent = 6;

/**
 * What is drawn while somebody waits, one text per line, each within the terminal's width.
 * @param now ms since the epoch, on the server's clock
 */
export function frame(
  space: TableSpace,
  subject: LiveSubject,
  progress: LiveProgress,
  now: number,
): string[] {
  const stages = progress.stages.flatMap((stage) => [
    stageLine(space, stage, progress, now),
    ...(stage.endedAt === null ? details(space, subject, progress, stage).map(indented) : []),
  ]);
  return [headLine(space, subject, progress, now), ...stages].map(within(space.columns));
}

const indented = (line: string): string => `${' '.repeat(indent)}${line}`;

/** Where there is no room the colours go, too: what is cut must not end within one. */
const within =
  (columns: number) =>
  (line: string): string =>
    widthOf(line) <= columns ? line : cut(stripVTControlCharacters(line), columns);

function headLine(space: TableSpace, subject: LiveSubject, progress: LiveProgress, now: number): string {
  const first = progress.stages[0];
  const state = progress.end?.state ?? progress.stages.at(-1)?.name ?? 'queued';
  const end = progress.end === null ? now : (progress.stages.at(-1)?.endedAt ?? now);
  const where = neutral(`${subject.app}/${subject.environment}`);
  const took = first === undefined ? '' : `  ${elapsed(end - first.startedAt)}`;
  const known = neutral(subject.id).length + widthOf(where) + state.length + took.length + 8;
  const title = subject.title === null ? '' : `  ${cut(neutral(subject.title), space.columns - known)}`;
  const painted = isDeploymentState(state) ? paint(space, stateColor(state), state) : neutral(state);
  return `${paint(space, 'bold', neutral(subject.id))}  ${where}  ${painted}${paint(space, 'dim', took)}${title}`;
}

const marks: Record<Exclude<LiveStage['outcome'], 'running'>, [string, Color]> = {
  ok: ['✓', 'green'],
  failed: ['✗', 'red'],
};

function stageLine(
  space: TableSpace,
  { name, startedAt, endedAt, outcome }: LiveStage,
  { policy }: LiveProgress,
  now: number,
): string {
  const [mark, color]: [string, Color] =
    outcome === 'running' ? [spinner[Math.floor(now / 100) % spinner.length] ?? '·', 'cyan'] : marks[outcome];
  const time = elapsed((endedAt ?? now) - startedAt).padStart(10);
  const whole =
    name === 'watching' && outcome === 'running' && policy ? ` of ${elapsed(policy.watchMs)}` : '';
  return `  ${paint(space, color, mark)} ${pad(neutral(name), 14)}${paint(space, 'dim', time + whole)}`;
}

/** What the running stage has to tell. */
function details(
  space: TableSpace,
  subject: LiveSubject,
  progress: LiveProgress,
  { name }: LiveStage,
): string[] {
  if (name === 'building') {
    return progress.lines.map((line) => paint(space, 'dim', `│ ${neutral(line)}`));
  }
  const doing = progress.doing === null ? [] : [paint(space, 'dim', progress.doing)];
  if (progress.counts === null) return doing;
  return [...countLines(space, subject, progress), ...verdictLines(space, progress, name), ...doing];
}

function countLines(
  space: TableSpace,
  { release, baseline }: LiveSubject,
  { counts }: LiveProgress,
): string[] {
  if (counts === null) return [];
  const rows: [string, number, number][] = [[release ?? 'new', counts.requests, counts.failed]];
  if (baseline !== null && counts.baselineRequests > 0)
    rows.push([baseline, counts.baselineRequests, counts.baselineFailed]);
  const width = Math.max(...rows.flatMap(([, requests, failed]) => [requests, failed])).toString().length;
  return rows.map(([side, requests, failed]) => {
    const bad = `${String(failed).padStart(width)} failed (5xx)`;
    return `${pad(neutral(side), 6)}${String(requests).padStart(width)} requests  ${failed > 0 ? paint(space, 'red', bad) : bad}`;
  });
}

function verdictLines(space: TableSpace, progress: LiveProgress, stage: string): string[] {
  const conditions = [...progress.conditions].map(([name, { outcome, detail }]) =>
    neutral(`${name}: ${outcome.replace('-', ' ')}: ${detail}`),
  );
  const judged = stage === 'canary' || stage === 'held' || stage === 'frozen';
  return judged ? [...verdictBars(space, progress), ...conditions] : conditions;
}

/** `3.2 s`, `2 min 5 s`. @param ms below 0 counts as 0, for two clocks are in it */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
