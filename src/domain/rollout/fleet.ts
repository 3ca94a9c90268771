import { replicaName } from '../names.ts';
import type { Observation, ObservedReplica, ObservedServer } from '../observation.ts';
import type { RolloutSpec } from '../service-spec.ts';
import { type Progress, type ReplicaProgress, replicaProgress } from './progress.ts';

/** Why the plan may change from outside: a newer push, or a person. */
export type Interruption =
  | { kind: 'superseded'; by: string }
  | { kind: 'cancel' }
  /** `given`: how many times a person has said so. */
  | { kind: 'promote'; given: number }
  | { kind: 'rollback' };

/** All that a step is decided from. */
export interface Situation {
  spec: RolloutSpec;
  /** The release being rolled out. */
  release: number;
  progress: Progress;
  /** Now, in ms on the deployment's clock. */
  t: number;
  observed: Observation;
  interruption: Interruption | null;
  /** Why the environment is to stand still; null while it may go on. */
  frozen: string | null;
  /** Other services of the release are not done yet: its own watch does not end before theirs. */
  watchGoesOn?: boolean;
  /** The release's postDeploy is still to end; the watch waits for it. */
  hookRuns?: boolean;
}

/** One replica with what Docker, the router and the journal say of it. */
export interface Member {
  name: string;
  release: number;
  slot: number;
  replica: ObservedReplica | null;
  server: ObservedServer | null;
  progress: ReplicaProgress;
}

export interface Fleet {
  /** Replicas of the release being rolled out, in slot order; those that exist. */
  fresh: Member[];
  /** The replicas that served when the rollout began, in slot order; also those that are gone. */
  baseline: Member[];
  /** Replicas and servers that belong to neither: left over from something that ended. */
  strays: Member[];
}

/** Sorts what is observed into the new release, the baseline, and what belongs to neither. */
export function fleetOf({ release, progress, observed }: Situation): Fleet {
  const replicas = new Map(observed.replicas.map((replica) => [replica.name, replica]));
  const servers = new Map(observed.servers.map((server) => [server.name, server]));
  const member = (name: string, of: number, slot: number): Member => ({
    name,
    release: of,
    slot,
    replica: replicas.get(name) ?? null,
    server: servers.get(name) ?? null,
    progress: replicaProgress(progress, name),
  });
  const baseline = (progress.baseline?.slots ?? []).map((slot) => {
    const of = progress.baseline?.release ?? 0;
    return member(replicaName(of, slot), of, slot);
  });
  const known = new Set(baseline.map(({ name }) => name));
  const others = [...new Set([...replicas.keys(), ...servers.keys()])]
    .filter((name) => !known.has(name))
    .map((name) => {
      const { release: of, slot } = replicas.get(name) ?? slotOf(name);
      return member(name, of, slot);
    })
    .sort((a, b) => a.slot - b.slot);
  return {
    fresh: others.filter((other) => other.release === release),
    baseline,
    strays: others.filter((other) => other.release !== release),
  };
}

function slotOf(name: string): { release: number; slot: number } {
  const [release, slot] = name.replace(/^r/, '').split('-').map(Number);
  return { release: release ?? 0, slot: slot ?? 0 };
}

/** It takes new requests. */
export const isServing = ({ server, replica }: Member): boolean =>
  server?.state === 'ready' && replica?.status === 'running';

/** It holds memory: running, or about to. */
export const isRunning = ({ replica }: Member): boolean =>
  replica?.status === 'running' || replica?.status === 'restarting';

/** How many replicas the rollout promises to keep serving. */
export function promisedReplicas({ spec, progress }: Situation): number {
  const served = progress.baseline?.slots.length ?? 0;
  const promised = Math.min(served, spec.replicas);
  return spec.order === 'start-first' ? promised : Math.max(0, promised - spec.parallelism);
}
