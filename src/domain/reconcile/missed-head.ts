import { type Deployment, isEndState } from '../deployment.ts';

/** A branch's head that was seen and not deployed, on purpose. Forgotten when the branch is asked for again. */
export interface IgnoredHead {
  branch: string;
  sha: string;
  /** Why: the push policy's reason, or `first-sight`. */
  reason: string;
}

/** What is known of an environment when its branch is looked at. */
export interface KnownHeads {
  /** The environment's newest deployments, newest first. */
  deployments: readonly Deployment[];
  ignored: IgnoredHead | null;
  /** The commit of the release that serves; null when none does. */
  serving: string | null;
}

export type HeadDecision =
  /** Deployed, tried, or left alone: nothing to do. */
  | { kind: 'known' }
  /** A deployment that has not fetched yet will look at the branch itself. */
  | { kind: 'under-way' }
  /** Nothing to compare with: remember the head, deploy nothing unasked. */
  | { kind: 'first-sight' }
  /** Nobody told of it. `before` is the commit that the branch was last known at. */
  | { kind: 'missed'; before: string };

/**
 * Whether a branch's head is one that no webhook told of.
 *
 * The newest deployment of the branch decides, whatever its end: a head that failed is not tried again, and one that a
 * person rolled back from is not brought again, but a branch that was pushed back to an older commit has moved. What was
 * fetched counts, not what the push named: a fetch may have been newer, or come from a mirror that lagged behind.
 *
 * @param head the commit that the branch points at now
 */
export function missedHead(branch: string, head: string, known: KnownHeads): HeadDecision {
  const { deployments, serving } = known;
  const ignored = known.ignored?.branch === branch ? known.ignored : null;
  // The records were lost (a flushed Redis) and written anew from what runs: then that is what the branch was at, also
  // when it was looked at before they were.
  const lost = deployments.length === 0 && serving !== null && serving !== head;
  if (lost && (ignored === null || ignored.reason === 'first-sight'))
    return { kind: 'missed', before: serving };
  if (ignored?.sha === head) return { kind: 'known' };
  for (const deployment of deployments.filter((one) => one.branch === branch)) {
    const decision = decisionBy(deployment, head);
    if (decision) return decision;
  }
  return ignored === null ? { kind: 'first-sight' } : { kind: 'missed', before: ignored.sha };
}

/** @returns null when this deployment says nothing of the branch's head */
function decisionBy({ target, state, sha }: Deployment, head: string): HeadDecision | null {
  if (target.kind === 'release') return null;
  // A person asked for this very commit; of other commits the branch says nothing.
  if (target.kind === 'commit')
    return target.sha === head && state !== 'superseded' ? { kind: 'known' } : null;
  if (sha === null && !isEndState(state)) return { kind: 'under-way' };
  const brought = sha ?? target.pushedSha;
  if (brought === null) return null;
  return brought === head ? { kind: 'known' } : { kind: 'missed', before: brought };
}
