import type { ObservedReplica, ObservedServer } from '../observation.ts';
import { equalWeight } from '../traffic-split.ts';
import { type Progress, replicaProgress } from './progress.ts';

/**
 * A worker's replicas as if a router knew them: one that is at work "takes requests". The journal says which are, for
 * nothing outside does: those that were before the rollout, and those that were found healthy in it; until they are to go.
 */
export function workerServers(replicas: readonly ObservedReplica[], progress: Progress): ObservedServer[] {
  return replicas.flatMap(({ name, release, slot, status, address }) => {
    const { startedAt, attachedAt, drainBeganAt } = replicaProgress(progress, name);
    const { baseline, began } = progress;
    const before = !began || (baseline?.release === release && baseline.slots.includes(slot));
    const atWork = startedAt === null ? before : attachedAt !== null;
    if (status !== 'running' || address === null || !atWork || drainBeganAt !== null) return [];
    return [{ name, address, port: 0, state: 'ready' as const, weight: equalWeight, sessions: 0 }];
  });
}
