import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { backendName, type EnvironmentKey, environmentId } from '../../domain/names.ts';
import type { RepairAction } from '../../domain/repair/repair-step.ts';
import type { AppEnvironment } from '../app-environment.ts';
import type { Lease } from '../ports.ts';
import type { World } from '../run-context.ts';
import { isUnfinished } from '../run-deployment.ts';
import { freshMemory, type RepairMemory } from './repair-context.ts';
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
  readonly #memories = new Map<string, RepairMemory>();

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
    const memory = this.#memoryOf(app);
    try {
      const looked = await this.#look(app, lease, stop, memory);
      memory.problem = null;
      if (looked.end === 'later') this.#hooks.wakeIn(app, looked.inMs);
    } catch (error) {
      if (isCode(error, 'LEASE_LOST', 'STORE_UNAVAILABLE')) throw error;
      const outage = isCode(error, 'DOCKER_UNAVAILABLE', 'ROUTER_UNAVAILABLE');
      if (memory.problem !== messageOf(error))
        this.#world.log.warn({ app: app.app, environment: app.environment, err: error }, 'cannot repair now');
      memory.problem = messageOf(error);
      this.#hooks.wakeIn(app, outage ? outageRetryMs : problemRetryMs);
    }
  }

  /** A deployment changes everything: what was remembered before it does not count. */
  forget(key: EnvironmentKey): void {
    this.#memories.delete(environmentId(key));
  }

  async #look(app: AppEnvironment, lease: Lease, stop: AbortSignal, memory: RepairMemory): Promise<Looked> {
    const world = this.#world;
    const { current } = await world.store.environment(app);
    const release = current === null ? null : await world.store.release(app, current);
    // nothing is known to be what should serve: then nothing is known to be in excess either
    if (!release) return { end: 'whole' };
    const mayGoOn = async () => !stop.aborted && !(await this.#deploymentWaits(app));
    const backend = backendName(app, release.spec.service);
    const onAction = (action: RepairAction) => this.#hooks.onAction(action);
    return repairEnvironment({ world, app, lease, release, backend, memory, stop, onAction }, mayGoOn);
  }

  async #deploymentWaits(key: EnvironmentKey): Promise<boolean> {
    const { wanted } = await this.#world.store.environment(key);
    const deployment = wanted === null ? null : await this.#world.store.deployment(wanted);
    return deployment !== null && isUnfinished(deployment);
  }

  #memoryOf(key: EnvironmentKey): RepairMemory {
    const id = environmentId(key);
    const memory = this.#memories.get(id) ?? freshMemory(this.#world);
    this.#memories.set(id, memory);
    return memory;
  }
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof SiskinError && codes.includes(error.code);
