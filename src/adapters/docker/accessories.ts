import type Docker from 'dockerode';
import type { ContainerInfo } from 'dockerode';
import { z } from 'zod';
import type { ObservedAccessory } from '../../domain/accessories/accessory.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import { doneWhen, engineStatus, engineWords, reachingEngine } from './engine-errors.ts';
import { environmentLabels, labelFilter } from './labels.ts';
import { nameOf } from './listed-replica.ts';
import { logLines } from './log-lines.ts';
import { ensureNetwork } from './network.ts';
import { healthOf, statusOf } from './observed-replica.ts';
import { untilEvent } from './until-event.ts';

/** What the engine holds of accessories; the Compose CLI makes them. All throw SiskinError DOCKER_UNAVAILABLE. */
export class DockerAccessories {
  readonly #docker: Docker;
  readonly #mask: (text: string) => string;

  constructor(docker: Docker, mask: (text: string) => string = (text) => text) {
    this.#docker = docker;
    this.#mask = mask;
  }

  async list(key: EnvironmentKey): Promise<ObservedAccessory[]> {
    const filters = accessoriesFilter(key);
    const found = await reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
    const looked = await Promise.all(found.map((one) => this.#inspect(one)));
    return looked.filter((one) => one !== null);
  }

  /** Makes the environment's network and these volumes, unless they are there: the Compose CLI is to make neither. */
  async prepare(key: EnvironmentKey, volumes: readonly string[]): Promise<void> {
    await ensureNetwork(this.#docker, key);
    for (const Name of new Set(volumes))
      await doneWhen([409], () => this.#docker.createVolume({ Name, Labels: environmentLabels(key) }));
  }

  /** Calls `look` now and at each event of the environment's accessories. @returns whether it returned true in time */
  async untilChanged(
    key: EnvironmentKey,
    look: () => Promise<boolean>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const limit = AbortSignal.timeout(limitMs);
    const { signal: either, unlink } = anySignal([signal, limit]);
    try {
      return await untilEvent(this.#docker, { ...accessoriesFilter(key), event: changes }, look, either);
    } finally {
      unlink();
    }
  }

  async logTail(container: string, lines: number): Promise<string[]> {
    try {
      const options = { stdout: true, stderr: true, follow: false, tail: lines } as const;
      return logLines(
        await reachingEngine(() => this.#docker.getContainer(container).logs(options)),
        this.#mask,
      );
    } catch (error) {
      if (engineStatus(error) === undefined) throw error;
      return [`(no log: ${engineWords(error)})`];
    }
  }

  /** @returns null for one that went away in between */
  async #inspect(listed: ContainerInfo): Promise<ObservedAccessory | null> {
    const { Id, Labels } = listed;
    try {
      const { State } = inspected.parse(await reachingEngine(() => this.#docker.getContainer(Id).inspect()));
      return {
        name: Labels['siskin.accessory'] ?? '',
        container: nameOf(listed),
        status: statusOf(State.Status),
        health: healthOf(State.Health?.Status),
        exitCode: State.ExitCode,
        specHash: Labels['siskin.spec-hash'] ?? null,
      };
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  }
}

/** Not the programs of their health checks. */
const changes = ['create', 'start', 'die', 'destroy', 'health_status'];

const accessoriesFilter = (key: EnvironmentKey) =>
  labelFilter({ ...environmentLabels(key), 'siskin.kind': 'accessory' });

const inspected = z.object({
  State: z.object({
    Status: z.string(),
    ExitCode: z.number().catch(0),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
});
