import type { Release } from '../../domain/deployment.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { backendName, type EnvironmentKey, environmentId } from '../../domain/names.ts';
import { type ServiceRelease, serviceReleases } from '../../domain/release.ts';
import type { RepairAction } from '../../domain/repair/repair-step.ts';
import { isRetired, unknownServices, withoutReplicas } from '../../domain/repair/retired-services.ts';
import type { AppEnvironment } from '../app-environment.ts';
import type { Lease } from '../ports.ts';
import type { World } from '../run-context.ts';
import { isUnfinished } from '../run-deployment.ts';
import { ScrapeTargets } from '../steps/scrape-targets.ts';
import { freshMemory, type RepairContext, type RepairMemory } from './repair-context.ts';
import { type Looked, repairEnvironment } from './repair-environment.ts';

/** When an engine or a router that did not answer is asked again, and when anything else is tried again, in ms. */
const outageRetryMs = 2_000;
const problemRetryMs = 30_000;

export interface RepairHooks {
  /** Told of everything that was done, for counting. */
  onAction(action: RepairAction): void;
  /** Wakes the environment again after so many ms. */
  wakeIn(key: EnvironmentKey, ms: number): void;
}

/** The repairs of one process, with what it remembers between them. */
export class Repairs {
  readonly #world: World;
  readonly #hooks: RepairHooks;
  /** By environment and service. */
  readonly #memories = new Map<string, RepairMemory>();
  /** The last thing that kept an environment's repair from its work: told once. */
  readonly #problems = new Map<string, string>();

  constructor(world: World, hooks: RepairHooks) {
    this.#world = world;
    this.#hooks = hooks;
  }

  /**
   * Looks at an environment that no deployment is at work on, and brings back what should serve there.
   *
   * @param stop aborted when this worker closes
   * @throws SiskinError LEASE_LOST, STORE_UNAVAILABLE
   */
  async repair(app: AppEnvironment, lease: Lease, stop: AbortSignal): Promise<void> {
    const id = environmentId(app);
    try {
      const looked = await this.#look(app, lease, stop);
      this.#problems.delete(id);
      if (looked.end === 'later') this.#hooks.wakeIn(app, looked.inMs);
    } catch (error) {
      if (isCode(error, 'LEASE_LOST', 'STORE_UNAVAILABLE')) throw error;
      const outage = isCode(error, 'DOCKER_UNAVAILABLE', 'ROUTER_UNAVAILABLE');
      if (this.#problems.get(id) !== messageOf(error))
        this.#world.log.warn({ app: app.app, environment: app.environment, err: error }, 'cannot repair now');
      this.#problems.set(id, messageOf(error));
      this.#hooks.wakeIn(app, outage ? outageRetryMs : problemRetryMs);
    }
  }

  /** A deployment changes everything: what was remembered before it does not count. */
  forget(key: EnvironmentKey): void {
    const id = environmentId(key);
    this.#problems.delete(id);
    for (const name of this.#memories.keys()) if (name.startsWith(`${id}/`)) this.#memories.delete(name);
  }

  async #look(app: AppEnvironment, lease: Lease, stop: AbortSignal): Promise<Looked> {
    const world = this.#world;
    const { current } = await world.store.environment(app);
    const release = current === null ? null : await world.store.release(app, current);
    // nothing is known to be what should serve: then nothing is known to be in excess either
    if (!release) return { end: 'whole' };
    const services = serviceReleases(release);
    const tellsMetrics = services.some(({ spec }) => spec.rollout.metrics !== undefined);
    const scrapeTargets = tellsMetrics ? new ScrapeTargets({ world, app, lease }, release) : undefined;
    const mayGoOn = async () => !stop.aborted && !(await this.#deploymentWaits(app));
    const onAction = (action: RepairAction) => this.#hooks.onAction(action);
    const lookAt = (all: readonly ServiceRelease[], targets: ScrapeTargets | undefined) =>
      lookAtAll(
        all.map((one) => ({
          ...{ world, app, lease, stop, onAction, release: one, scrapeTargets: targets },
          backend: backendName(app, one.spec.service),
          memory: this.#memoryOf(app, one.spec.service),
        })),
        mayGoOn,
      );
    const looked = await lookAt(services, scrapeTargets);
    // what serves comes first
    return looked.end === 'whole' ? await lookAt(await this.#retired(app, release), undefined) : looked;
  }

  /** What is left of services that the release that serves has no more, to be taken out. */
  async #retired(app: AppEnvironment, serving: Release): Promise<ServiceRelease[]> {
    const { replicas, store } = this.#world;
    const unknown = unknownServices(await replicas.services(app), serving, app.services);
    const found = unknown.map(async (service) => {
      const { replicas: left } = await replicas.glance(app, service);
      const newest = left.length === 0 ? null : Math.max(...left.map(({ release }) => release));
      if (!isRetired(newest, serving)) return [];
      return withoutReplicas(serving, newest === null ? null : await store.release(app, newest), service);
    });
    return (await Promise.all(found)).flat();
  }

  async #deploymentWaits(key: EnvironmentKey): Promise<boolean> {
    const { wanted } = await this.#world.store.environment(key);
    const deployment = wanted === null ? null : await this.#world.store.deployment(wanted);
    return deployment !== null && isUnfinished(deployment);
  }

  #memoryOf(key: EnvironmentKey, service: string): RepairMemory {
    const id = `${environmentId(key)}/${service}`;
    const memory = this.#memories.get(id) ?? freshMemory(this.#world);
    this.#memories.set(id, memory);
    return memory;
  }
}

/** One after the other; the first that is interrupted ends it. */
async function lookAtAll(
  contexts: readonly RepairContext[],
  mayGoOn: () => Promise<boolean>,
): Promise<Looked> {
  const later: number[] = [];
  for (const context of contexts) {
    const looked = await repairEnvironment(context, mayGoOn);
    if (looked.end === 'interrupted') return looked;
    if (looked.end === 'later') later.push(looked.inMs);
  }
  return later.length > 0 ? { end: 'later', inMs: Math.min(...later) } : { end: 'whole' };
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof SiskinError && codes.includes(error.code);
