import { parseReplicaName } from './names.ts';
import type { Observation } from './observation.ts';

/**
 * Which release serves, to go by containers and router alone: the one with the most servers that take requests, of
 * several the newest; where none takes any, the one with the most running containers.
 *
 * @returns null when nothing runs
 */
export function servingRelease({ replicas, servers }: Observation): number | null {
  const running = replicas.filter(({ status }) => status === 'running');
  const ready = servers
    .filter(({ state, name }) => state === 'ready' && running.some((replica) => replica.name === name))
    .flatMap(({ name }) => parseReplicaName(name)?.release ?? []);
  return mostFrequent(ready) ?? mostFrequent(running.map(({ release }) => release));
}

function mostFrequent(releases: readonly number[]): number | null {
  const counts = new Map<number, number>();
  for (const release of releases) counts.set(release, (counts.get(release) ?? 0) + 1);
  const [most] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || b - a);
  return most?.[0] ?? null;
}
