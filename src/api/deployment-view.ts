import { type Deployment, type DeploymentTarget, isEndState } from '../domain/deployment.ts';
import type { JournalEntry } from '../domain/journal.ts';
import { releaseName } from '../domain/names.ts';
import type { DeploymentSummary, DeploymentView } from './schemas.ts';
import { stepsOf } from './step-view.ts';
import { verdictOf } from './verdict-view.ts';

/** A deployment as the API shows it. Pure: steps and verdict are folds over the journal. */
export const deploymentView = (deployment: Deployment, journal: readonly JournalEntry[]): DeploymentView => ({
  ...deploymentSummary(deployment),
  steps: stepsOf(deployment, journal),
  verdict: verdictOf(journal),
});

/** The same without steps and verdict, for lists. */
export const deploymentSummary = (deployment: Deployment): DeploymentSummary => ({
  id: deployment.id,
  app: deployment.app,
  environment: deployment.environment,
  release: deployment.release === null ? null : releaseName(deployment.release),
  baseline: deployment.baseline === null ? null : releaseName(deployment.baseline),
  branch: deployment.branch,
  target: targetView(deployment.target),
  sha: deployment.sha,
  title: deployment.title,
  author: deployment.author,
  actor: deployment.actor,
  state: deployment.state,
  reason: deployment.reason,
  supersededBy: deployment.supersededBy,
  createdAt: deployment.createdAt,
  startedAt: deployment.startedAt,
  finishedAt: deployment.finishedAt,
});

const targetView = (target: DeploymentTarget): DeploymentSummary['target'] =>
  target.kind === 'release' ? { kind: 'release', release: releaseName(target.release) } : target;

/** Whether there will be no more events. */
export const hasEnded = ({ state }: Deployment): boolean => isEndState(state);
