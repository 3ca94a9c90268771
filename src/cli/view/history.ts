import type { DeploymentSummary, ReleaseView } from '../../api/schemas.ts';
import { ago, stateColor, took } from '../terminal/output.ts';
import type { Cell } from './table.ts';

export const historyHeaders = [
  'ID',
  'APP',
  'ENVIRONMENT',
  'RELEASE',
  'COMMIT',
  'STATE',
  'WHEN',
  'TOOK',
  'BY',
  'TITLE',
  'REASON',
];

/** A row of `siskin history`. The reason of what succeeded says nothing that the state does not. */
export const historyRow = (one: DeploymentSummary, now: Date): Cell[] => [
  one.id,
  one.app,
  one.environment,
  one.release ?? '-',
  one.sha?.slice(0, 8) ?? '-',
  { text: one.state, color: stateColor(one.state) },
  ago(one.createdAt, now),
  took(one.startedAt, one.finishedAt),
  one.actor.name,
  one.title ?? '',
  one.state === 'succeeded' ? '' : (one.reason?.split('\n')[0] ?? ''),
];

export const releaseHeaders = ['RELEASE', 'COMMIT', 'STATE', 'WHEN', 'TITLE'];

/** A row of `siskin history --releases`; a star marks the release that serves. */
export const releaseRow = (one: ReleaseView, now: Date): Cell[] => [
  one.current ? { text: `${one.release} *`, color: 'green' } : one.release,
  one.sha.slice(0, 12),
  one.servedWell ? 'served well' : one.built ? 'built' : 'not built',
  ago(one.createdAt, now),
  one.title,
];

/** What to do where there is no deployment yet. */
export function nothingYet(app: string | undefined, environment: string | undefined): string {
  if (app === undefined)
    return 'No deployments yet: push to a branch that siskin.yaml names, or use siskin deploy.';
  if (environment === undefined) return `No deployments of ${app} yet: push to one of its branches.`;
  return `No deployments of ${app}/${environment} yet: push to its branch, or: siskin deploy ${app} ${environment}`;
}
