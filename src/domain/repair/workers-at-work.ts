import type { GlancedReplica, ObservedServer } from '../observation.ts';
import { equalWeight } from '../traffic-split.ts';

/** The replicas of a worker's release as if a router knew them: what runs is at work. */
export const workersAtWork = (replicas: readonly GlancedReplica[], release: number): ObservedServer[] =>
  replicas.flatMap(({ name, release: of, status, address }) =>
    of === release && status === 'running' && address !== null
      ? [{ name, address, port: 0, state: 'ready' as const, weight: equalWeight, sessions: 0 }]
      : [],
  );
