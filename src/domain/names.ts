/** An app's environment: the thing that is deployed to, leased, and asked about. */
export interface EnvironmentKey {
  app: string;
  environment: string;
}

/** What an app, environment or service may be called; also safe in container, image and router names. */
export const namePattern = /^[a-z0-9][a-z0-9-]{0,40}$/;

/** A full Git object id. Git is never given anything else. */
export const shaPattern = /^[0-9a-f]{40}$/;

/** `shop/production`: the id of an environment in queues, keys and messages. */
export const environmentId = (key: EnvironmentKey): string => `${key.app}/${key.environment}`;

/** The router's backend of a service, e.g. `shop-production-web`; also the prefix of its containers' names. */
export const backendName = (key: EnvironmentKey, service: string): string =>
  `${key.app}-${key.environment}-${service}`;

/** `r12`. */
export const releaseName = (release: number): string => `r${release}`;

/** A replica's name, also its server's name in the router: `r12-1`. */
export const replicaName = (release: number, slot: number): string => `r${release}-${slot}`;

/** Reads `r12-1` back. @returns undefined for a name that Siskin did not give. */
export function parseReplicaName(name: string): { release: number; slot: number } | undefined {
  const match = /^r([1-9]\d{0,8})-([1-9]\d{0,3})$/.exec(name);
  return match ? { release: Number(match[1]), slot: Number(match[2]) } : undefined;
}

/** `siskin-shop-production-web-r12-1`. */
export const containerName = (key: EnvironmentKey, service: string, replica: string): string =>
  `siskin-${backendName(key, service)}-${replica}`;

/** The local tag of a release's image, e.g. `siskin/shop-production:r12`. */
export const imageReference = (key: EnvironmentKey, release: number): string =>
  `siskin/${key.app}-${key.environment}:${releaseName(release)}`;

/** The same for one of several services, e.g. `siskin/shop-production-web:r12`. */
export const serviceImageReference = (key: EnvironmentKey, service: string, release: number): string =>
  `siskin/${backendName(key, service)}:${releaseName(release)}`;
