import type { EnvironmentKey } from '../names.ts';
import type { ObservedReplica } from '../observation.ts';
import type { ContainerSpec } from '../service-spec.ts';

/** A Compose service beside the rolled ones, e.g. a database: brought up once, never recreated by a deployment. */
export interface AccessorySpec {
  /** Its Compose service; replicas reach it by this name. */
  name: string;
  image: string;
  container: ContainerSpec;
  stopGraceMs: number;
  shmSizeBytes?: number;
}

/** An accessory's container, found by label. */
export interface ObservedAccessory {
  name: string;
  /** Its container's name. */
  container: string;
  status: ObservedReplica['status'];
  health: ObservedReplica['containerHealth'];
  exitCode: number;
  /** Of the definition that it was made from. */
  specHash: string | null;
}

/** `siskin_shop_production_db`: no replica's name, for those have no underscore. */
export const accessoryContainer = ({ app, environment }: EnvironmentKey, name: string): string =>
  `siskin_${app}_${environment}_${name}`;

/** The environment's own network, where replicas and accessories meet. */
export const environmentNetwork = ({ app, environment }: EnvironmentKey): string =>
  `siskin-${app}-${environment}`;

/** An accessory, and the hash of its definition. */
export interface WantedAccessory {
  spec: AccessorySpec;
  specHash: string;
}

/** What to do about the accessories, and what to tell of those that are left as they are. */
export function accessoryPlan(
  key: EnvironmentKey,
  wanted: readonly WantedAccessory[],
  found: readonly ObservedAccessory[],
): { bringUp: string[]; hints: string[] } {
  const known = new Map(found.map((one) => [one.name, one]));
  const bringUp = wanted
    .map(({ spec }) => spec.name)
    .filter((name) => !['running', 'restarting'].includes(known.get(name)?.status ?? 'absent'));
  const changed = wanted.flatMap(({ spec, specHash }) => {
    const one = known.get(spec.name);
    return one && one.specHash !== specHash ? [changedHint(key, one)] : [];
  });
  const names = new Set(wanted.map(({ spec }) => spec.name));
  const unlisted = found.filter(({ name }) => !names.has(name)).map(unlistedHint);
  return { bringUp, hints: [...changed, ...unlisted] };
}

const changedHint = ({ app, environment }: EnvironmentKey, { name, container }: ObservedAccessory): string =>
  `accessory ${name}: its definition has changed, and what runs is left as it is; to make it anew (named volumes stay): docker rm -f ${container} && siskin deploy ${app} ${environment}`;

const unlistedHint = ({ name, container }: ObservedAccessory): string =>
  `accessory ${name} is not wanted any more and is left as it is; to remove it: docker rm -f ${container}`;

/** Whether an accessory can be used: `wait` may become `ready`; else why it never will. */
export function readiness(found: ObservedAccessory | undefined): 'ready' | 'wait' | { failed: string } {
  if (!found) return { failed: 'has no container' };
  const { status, health, exitCode } = found;
  // the engine keeps saying "unhealthy" of one that has ended
  if (status === 'exited') return { failed: `ended with exit code ${exitCode}` };
  if (health === 'unhealthy') return { failed: 'is unhealthy' };
  return status === 'running' && health !== 'starting' ? 'ready' : 'wait';
}

const leastWaitMs = 2 * 60_000;

/** How long an accessory may take to become healthy, in ms: what its health check allows, at least two minutes. */
export function readyWithinMs({ container: { healthcheck } }: AccessorySpec): number {
  const { startPeriodMs = 0, retries = 0, intervalMs = 0, timeoutMs = 0 } = healthcheck ?? {};
  return Math.max(leastWaitMs, startPeriodMs + retries * (intervalMs + timeoutMs));
}
