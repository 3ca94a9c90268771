import type { AppListView, DeploymentSummary } from '../../api/schemas.ts';
import { isEndState } from '../../domain/deployment.ts';
import { ago, neutral, paint, stateColor } from '../terminal/output.ts';
import type { CanaryCounts } from './canary-counts.ts';
import { type Cell, type TableSpace, tableLines } from './table.ts';

type EnvironmentView = AppListView['apps'][number]['environments'][number];

export interface Status {
  app: string;
  environment: string;
  current: string | null;
  previous: string | null;
  /** Who made it stand still for a person, and why; null while it goes on. */
  frozen: EnvironmentView['frozen'];
  /** The newest deployment; null when there never was one. */
  deployment: DeploymentSummary | null;
  /** What the running deployment has counted; null when none runs, or none of its requests were counted. */
  canary: CanaryCounts | null;
}

const headers = ['APP', 'ENVIRONMENT', 'STATE', 'RELEASE', 'ID', 'SINCE', 'REQ/5XX', 'COMMIT'];

/** What each environment runs, as a table; under it, one sentence for each that needs somebody. */
export function statusLines(space: TableSpace, statuses: readonly Status[], now: Date): string[] {
  const table = tableLines(
    space,
    headers,
    statuses.map((one) => rowOf(one, now)),
  );
  const notes = statuses.flatMap((one) => notesOf(one, now));
  return notes.length === 0 ? table : [...table, '', ...notes.map((note) => noteLine(space, note))];
}

function rowOf({ app, environment, current, deployment, frozen, canary }: Status, now: Date): Cell[] {
  if (deployment === null) {
    const state: Cell = frozen
      ? { text: 'frozen', color: stateColor('frozen') }
      : { text: 'not deployed', color: 'dim' };
    return [app, environment, state, current ?? '-', '-', '', '', ''];
  }
  const { id, release, state, title, finishedAt, startedAt, createdAt } = deployment;
  return [
    app,
    environment,
    stateCell(state, frozen !== null),
    releaseText(current, isEndState(state) ? null : release),
    id,
    ago(finishedAt ?? startedAt ?? createdAt, now),
    canary === null ? '' : countsCell(canary),
    title ?? '',
  ];
}

/** `r11 → r12` while another one is on its way. */
const releaseText = (current: string | null, coming: string | null): string =>
  coming === null || coming === current ? (current ?? '-') : `${current ?? '-'} → ${coming}`;

/** `41/2, old 120/0`: requests and 5xx of the new release, then of the one before it. */
function countsCell({ requests, failed, baselineRequests, baselineFailed }: CanaryCounts): Cell {
  const old = baselineRequests > 0 ? `, old ${baselineRequests}/${baselineFailed}` : '';
  const text = `${requests}/${failed}${old}`;
  return failed > 0 ? { text, color: 'red' } : text;
}

/** Newer pushes wait while an environment is frozen, also where its newest deployment has ended. */
const stateCell = (state: DeploymentSummary['state'], frozen: boolean): Cell =>
  frozen && state !== 'frozen'
    ? { text: `${state}, frozen`, color: stateColor('frozen') }
    : { text: state, color: stateColor(state) };

interface Note {
  where: string;
  text: string;
  next: string;
}

function notesOf({ app, environment, deployment, frozen }: Status, now: Date): Note[] {
  const where = `${app}/${environment}`;
  const notes: Note[] = [];
  if (frozen !== null) {
    const text = `frozen by ${frozen.by}, ${ago(frozen.at, now)}: ${frozen.reason}`;
    notes.push({ where, text, next: `siskin unfreeze ${app} ${environment}` });
  }
  if (deployment === null) {
    if (frozen !== null) return notes;
    const text = 'push to its branch, or deploy its head';
    return [...notes, { where, text, next: `siskin deploy ${app} ${environment}` }];
  }
  if (deployment.state === 'succeeded') return notes;
  const { id, state, reason } = deployment;
  if (reason !== null && state !== 'frozen' && state !== 'superseded') {
    notes.push({ where, text: reason.split('\n')[0] ?? '', next: `siskin show ${id}` });
  }
  return notes;
}

const noteLine = (space: TableSpace, { where, text, next }: Note): string =>
  `${paint(space, 'bold', neutral(where))}: ${neutral(text)}  ${paint(space, 'dim', `→ ${neutral(next)}`)}`;
