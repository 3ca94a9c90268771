import type { Release } from '../deployment.ts';
import { type ServiceRelease, serviceRelease, serviceReleases } from '../release.ts';

/**
 * Services that have containers, and that neither the release that serves nor the operator knows any more.
 * @param found in the environment @param named those of siskin.yaml
 */
export function unknownServices(
  found: readonly string[],
  { services }: Pick<Release, 'services'>,
  named: readonly string[],
): string[] {
  const known = new Set([...services.map(({ spec }) => spec.service), ...named]);
  return found.filter((service) => !known.has(service));
}

/**
 * Whether an unknown service is left over. With a container of the very release that serves it is not: that one's record was
 * written anew, from a siskin.yaml of after it.
 * @param newest release of its containers; null where none has the name that Siskin gives
 */
export const isRetired = (newest: number | null, { release }: Pick<Release, 'release'>): boolean =>
  newest === null || newest < release;

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
