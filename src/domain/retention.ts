import { type DeploymentState, type DeploymentTarget, isEndState } from './deployment.ts';

/** How much of an environment's history stays. */
export interface RetentionPolicy {
  /** How many of its newest deployments. */
  keep: number;
  /** Milliseconds since a deployment ended, after which it goes all the same. */
  maxAgeMs: number;
}

/** A deployment, as far as its keeping depends on it. Times are ISO 8601. */
export interface PastDeployment {
  id: string;
  target: Pick<DeploymentTarget, 'kind'>;
  state: DeploymentState;
  release: number | null;
  baseline: number | null;
  createdAt: string;
  finishedAt: string | null;
}

/** What Redis holds of one environment. */
export interface EnvironmentHistory {
  /** Oldest first. */
  deployments: PastDeployment[];
  releases: { release: number; deployment: string; imageId: string | null }[];
  wanted: string | null;
  current: number | null;
  previous: number | null;
}

/**
 * Which deployments may be forgotten: those that ended and are older than `maxAgeMs`, or not among the newest `keep`.
 * Never the wanted one; never those that made, or last brought, a release that serves, served before it or whose image
 * is kept, for they say where it comes from; never the newest push, for it tells the reconciler where the branch was.
 *
 * @returns ids, oldest first
 */
export function expiredDeployments(
  history: EnvironmentHistory,
  now: Date,
  policy: RetentionPolicy,
): string[] {
  const { deployments, wanted } = history;
  const newestPush = deployments.findLast(({ target }) => target.kind === 'branch')?.id;
  const needed = new Set([...originsOfReleases(history), wanted, newestPush]);
  const endedBefore = now.getTime() - policy.maxAgeMs;
  return deployments
    .filter(({ id, state, createdAt, finishedAt }, index) => {
      if (!isEndState(state) || needed.has(id)) return false;
      return index < deployments.length - policy.keep || Date.parse(finishedAt ?? createdAt) < endedBefore;
    })
    .map(({ id }) => id);
}

/**
 * Which releases may be forgotten: those without an image that neither serve nor are named by a deployment that stays.
 * @param expired what `expiredDeployments` gave
 */
export function forgettableReleases(history: EnvironmentHistory, expired: readonly string[]): number[] {
  const gone = new Set(expired);
  const staying = history.deployments.filter(({ id }) => !gone.has(id));
  const ids = new Set(staying.map(({ id }) => id));
  const named = new Set(staying.flatMap(({ release, baseline }) => [release, baseline]));
  return history.releases
    .filter((one) => !isHeld(history, one) && !named.has(one.release) && !ids.has(one.deployment))
    .map(({ release }) => release);
}

const isHeld = (
  { current, previous }: EnvironmentHistory,
  { release, imageId }: EnvironmentHistory['releases'][number],
): boolean => imageId !== null || release === current || release === previous;

function originsOfReleases(history: EnvironmentHistory): string[] {
  const held = history.releases.filter((one) => isHeld(history, one));
  const numbers = new Set(held.map(({ release }) => release));
  const lastBringer = new Map<number, string>();
  for (const { id, state, release } of history.deployments)
    if (release !== null && state === 'succeeded' && numbers.has(release)) lastBringer.set(release, id);
  return [...held.map(({ deployment }) => deployment), ...lastBringer.values()];
}
