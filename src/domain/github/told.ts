import type { Notice } from '../notice/notice.ts';
import { plainLine } from './plain.ts';

/** The states of a deployment status (REST API, "Create a deployment status"), without `pending`, which `queued` replaced. */
export type DeploymentStatusState = 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';
export type CommitState = 'pending' | 'success' | 'failure' | 'error';

/** How a deployment's state is called on GitHub, and the sentence beside it. */
export interface Told {
  deployment: DeploymentStatusState;
  commit: CommitState;
  sentence: string;
}

/**
 * Nothing is said to have worked until it has: while the new release is watched, its deployment is in progress and its
 * commit pending. `error` is a commit that could not be tried, `failure` one that was tried and found bad. A commit has no
 * word for what was cancelled or superseded; it did not come to be deployed, so `error`.
 */
export function toldOf(notice: Notice): Told {
  const { state } = notice;
  const { deployment, commit } = states[state](notice);
  return { deployment, commit, sentence: plainLine(sentenceOf(notice)) };
}

type Pair = Pick<Told, 'deployment' | 'commit'>;
const pair = (deployment: DeploymentStatusState, commit: CommitState) => (): Pair => ({ deployment, commit });
const underWay = pair('in_progress', 'pending');

const states: Record<Notice['state'], (notice: Notice) => Pair> = {
  queued: pair('queued', 'pending'),
  fetching: underWay,
  building: underWay,
  preparing: underWay,
  canary: underWay,
  held: underWay,
  frozen: underWay,
  rolling: underWay,
  watching: underWay,
  succeeded: pair('success', 'success'),
  rolled_back: pair('failure', 'failure'),
  failed: (notice) => (wasTried(notice) ? pair('failure', 'failure') : pair('error', 'error'))(),
  cancelled: pair('inactive', 'error'),
  superseded: pair('inactive', 'error'),
};

/** Whether it got as far as building: before that, nothing of the commit was run. */
const wasTried = ({ stages }: Notice): boolean => stages.some(({ stage }) => stage !== 'fetching');

function sentenceOf(notice: Notice): string {
  const { state, reason, supersededBy } = notice;
  if (state === 'superseded') return `Superseded by ${supersededBy ?? 'a newer push'}`;
  if (state === 'succeeded') return `${release(notice)} serves`;
  if (state === 'cancelled') return cancelled(notice);
  if (state === 'failed') return reason ?? 'Failed';
  if (state === 'rolled_back') return reason ?? `Rolled back${before(notice)}`;
  return notice.frozen === null
    ? progress(notice)
    : `Stands still, by ${notice.frozen.by}: ${notice.frozen.reason}`;
}

function progress(notice: Notice): string {
  const { state, target, baseline } = notice;
  if (state === 'queued') return 'Queued';
  if (state === 'canary' && baseline === null) return `${release(notice)} is checked before it serves`;
  if (state === 'canary') return `${release(notice)} takes a share of the traffic beside r${baseline}`;
  if (state === 'held') return `${release(notice)} is held: more evidence or a person decides`;
  if (state === 'rolling') return `${release(notice)} takes over all replicas`;
  if (state === 'watching') return `${release(notice)} serves, and is watched before it counts as succeeded`;
  if (target.kind === 'release') return `Going back to r${target.release}`;
  return state === 'fetching' || state === 'building' ? 'Building' : 'Starting';
}

/** Who did it says more than that it was a person. */
function cancelled({ people, reason }: Notice): string {
  const person = people.findLast(({ action }) => action === 'cancel');
  return person ? `Cancelled by ${person.actor.name}` : (reason ?? 'Cancelled');
}

const release = (notice: Notice): string => (notice.release === null ? 'The release' : `r${notice.release}`);
const before = ({ baseline }: Notice): string => (baseline === null ? '' : ` to r${baseline}`);
