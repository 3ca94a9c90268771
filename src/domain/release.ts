import type { Release, ReleasePart } from './deployment.ts';
import { type EnvironmentKey, imageReference, serviceImageReference } from './names.ts';
import type { ServiceSpec } from './service-spec.ts';

/** What a release is to one of its services: all that the containers of this service are made from. */
export type ServiceRelease = Omit<Release, 'services'> & ReleasePart;

/** The release as each of its services sees it, in rollout order. */
export const serviceReleases = ({ services, ...release }: Release): ServiceRelease[] =>
  services.map((part) => ({ ...release, ...part }));

/** @returns undefined when the release has no such service */
export const serviceRelease = (release: Release, service: string): ServiceRelease | undefined =>
  serviceReleases(release).find(({ spec }) => spec.service === service);

/** Every service has its image. */
export const isBuilt = ({ services }: Pick<Release, 'services'>): boolean =>
  services.every(({ imageId }) => imageId !== null);

/** The same release without its images. */
export const withoutImages = (release: Release): Release => ({
  ...release,
  services: release.services.map((part) => ({ ...part, imageId: null })),
});

/**
 * The image of each of these services. The only service's is named after the environment, one of several after the
 * service; those that are built alike share the image of the first of them.
 */
export function imageNames(key: EnvironmentKey, release: number, specs: readonly ServiceSpec[]): string[] {
  if (specs.length === 1) return [imageReference(key, release)];
  return specs.map((spec) => {
    const first = specs.find((other) => builtAlike(other, spec)) ?? spec;
    return serviceImageReference(key, first.service, release);
  });
}

const builtAlike = ({ build: a }: ServiceSpec, { build: b }: ServiceSpec): boolean =>
  a.context === b.context &&
  a.dockerfile === b.dockerfile &&
  a.target === b.target &&
  sameArguments(a.args, b.args);

const sameArguments = (a: Record<string, string>, b: Record<string, string>): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, value]) => Object.hasOwn(b, name) && b[name] === value);
