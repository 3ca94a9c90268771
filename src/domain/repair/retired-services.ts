import type { Release } from '../deployment.ts';
import { type ServiceRelease, serviceRelease, serviceReleases } from '../release.ts';

/** A service that has containers, and the newest release of them; null where Siskin gave none of them its name. */
export interface FoundService {
  service: string;
  newest: number | null;
}

/**
 * Services that have containers, and that neither the release that serves nor the operator knows any more. One with a
 * container of that very release is none: its record was written anew, from a siskin.yaml of after it.
 * @param found in the environment @param named those of siskin.yaml
 */
export function retiredServices(
  found: readonly FoundService[],
  { services, release }: Pick<Release, 'services' | 'release'>,
  named: readonly string[],
): FoundService[] {
  const known = new Set([...services.map(({ spec }) => spec.service), ...named]);
  return found.filter(({ service, newest }) => !known.has(service) && (newest === null || newest < release));
}

/**
 * A retired service as one that is to have no replicas: what is left of it is then drained, stopped and removed as
 * everything that no record owns.
 * @param last the newest release that had it, whose graces hold; null when its record is gone: then those of the release
 *   that serves do
 */
export function withoutReplicas(serving: Release, last: Release | null, service: string): ServiceRelease[] {
  const own = last && serviceRelease(last, service);
  return (own ? [own] : serviceReleases(serving).slice(0, 1)).map((part) => ({
    ...part,
    release: serving.release,
    spec: { ...part.spec, service, rollout: { ...part.spec.rollout, replicas: 0 } },
  }));
}
