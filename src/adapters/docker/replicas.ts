import type Docker from 'dockerode';
import type { ContainerInfo } from 'dockerode';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { containerName, type EnvironmentKey, parseReplicaName } from '../../domain/names.ts';
import type { ObservedReplica } from '../../domain/observation.ts';
import type { Glance, ReplicaRequest, Replicas } from '../../pipeline/ports.ts';
import { createOptions } from './create-options.ts';
import { doneWhen, engineStatus, engineWords, reachingEngine } from './engine-errors.ts';
import { environmentLabels, labelFilter } from './labels.ts';
import { glancedReplica, isNamedSo, isStray, nameOf, serviceOfReplica } from './listed-replica.ts';
import { logLines } from './log-lines.ts';
import { ensureNetwork } from './network.ts';
import { observedReplica } from './observed-replica.ts';
import { SecretFiles } from './secret-files.ts';

export interface ReplicasOptions {
  /** An existing network that all replicas join; without it every environment has its own. */
  network?: string | undefined;
  /** Folders for secrets that containers get as files: the first on a tmpfs is used. */
  secretFolders?: readonly string[];
  /** Takes secrets out of what containers print. */
  mask?: (text: string) => string;
}

/** The containers of an environment, found by label and named after their replica, so that doing a thing twice does it once. */
export class DockerReplicas implements Replicas {
  readonly #docker: Docker;
  readonly #network: string | undefined;
  readonly #files: SecretFiles;
  readonly #mask: (text: string) => string;

  constructor(docker: Docker, { network, secretFolders = [], mask = (text) => text }: ReplicasOptions = {}) {
    this.#docker = docker;
    this.#network = network;
    this.#files = new SecretFiles(secretFolders);
    this.#mask = mask;
  }

  async list(key: EnvironmentKey, service: string): Promise<ObservedReplica[]> {
    const found = (await this.#labelled(key, service)).filter((one) => isNamedSo(one, key, service));
    const replicas = await Promise.all(found.map(({ Id }) => this.#inspect(Id)));
    return replicas.filter((replica) => replica !== null);
  }

  async services(key: EnvironmentKey): Promise<string[]> {
    const filters = labelFilter(environmentLabels(key));
    const all = await reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
    return [...new Set(all.flatMap(serviceOfReplica))].sort();
  }

  async glance(key: EnvironmentKey, service: string): Promise<Glance> {
    const found = await this.#labelled(key, service);
    return {
      replicas: found.filter((one) => isNamedSo(one, key, service)).flatMap(glancedReplica),
      strays: found
        .filter((one) => isStray(one, key, service))
        .map(nameOf)
        .sort(),
    };
  }

  async removeStray(key: EnvironmentKey, service: string, container: string, graceMs: number): Promise<void> {
    const found = (await this.#labelled(key, service)).find((one) => nameOf(one) === container);
    if (!found || !isStray(found, key, service)) return;
    // by its id: the name may be another's by now
    const stray = this.#docker.getContainer(found.Id);
    await doneWhen([304, 404], () => stray.stop({ t: Math.ceil(graceMs / 1000) }));
    await doneWhen([404, 409], () => stray.remove({ force: true, v: true }));
  }

  async start(request: ReplicaRequest): Promise<void> {
    const network = await ensureNetwork(this.#docker, request, this.#network);
    try {
      const name = containerName(request, request.service, request.replica);
      await this.#removeForeign(name, request.specHash);
      const files = await this.#files.place(request);
      await doneWhen([409], () => this.#docker.createContainer(createOptions(request, network, files)));
      await request.assertHeld();
      await this.#join(name, network);
      for (const extra of request.container.networks ?? []) {
        // 403: it has joined already
        await doneWhen([403], () => this.#docker.getNetwork(extra).connect({ Container: name }));
      }
      await request.assertHeld();
      await doneWhen([304], () => this.#docker.getContainer(name).start());
    } catch (error) {
      if (engineStatus(error) === undefined) throw error;
      throw new SiskinError('REPLICA_START_FAILED', engineWords(error), { cause: error });
    }
  }

  async stop(key: EnvironmentKey, service: string, replica: string, graceMs: number): Promise<void> {
    const container = this.#docker.getContainer(containerName(key, service, replica));
    await doneWhen([304, 404], () => container.stop({ t: Math.ceil(graceMs / 1000) }));
  }

  async remove(key: EnvironmentKey, service: string, replica: string): Promise<void> {
    const container = this.#docker.getContainer(containerName(key, service, replica));
    await doneWhen([404, 409], () => container.remove({ force: true, v: true }));
    const left = (await this.#labelled(key, service)).map(nameOf);
    await this.#files.sweep(
      key,
      service,
      left.flatMap((name) => releaseNumber(key, service, name)),
    );
  }

  async logTail(key: EnvironmentKey, service: string, replica: string, lines: number): Promise<string[]> {
    const container = this.#docker.getContainer(containerName(key, service, replica));
    try {
      const options = { stdout: true, stderr: true, follow: false, tail: lines } as const;
      return logLines(await reachingEngine(() => container.logs(options)), this.#mask);
    } catch (error) {
      if (engineStatus(error) === undefined) throw error;
      return [`(no log: ${engineWords(error)})`];
    }
  }

  /** Containers with the labels of this service; those of a replica, a build's or a person's. */
  #labelled(key: EnvironmentKey, service: string): Promise<ContainerInfo[]> {
    const filters = labelFilter({ ...environmentLabels(key), 'siskin.service': service });
    return reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
  }

  /** Joins a container that somebody took out of its network; one just made is in it. */
  async #join(name: string, network: string): Promise<void> {
    const { NetworkSettings } = await reachingEngine(() => this.#docker.getContainer(name).inspect());
    if (NetworkSettings.Networks[network]) return;
    await doneWhen([403], () => this.#docker.getNetwork(network).connect({ Container: name }));
  }

  /**
   * Removes a stopped container of this name that was made from another spec, e.g. before the records were lost.
   * @throws SiskinError REPLICA_START_FAILED when such a one runs: it must not be taken for the new release
   */
  async #removeForeign(name: string, specHash: string): Promise<void> {
    const filters = { name: [`^/${name}$`] };
    const found = await reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
    for (const { Id, Labels, State } of found) {
      if (Labels['siskin.spec-hash'] === specHash) continue;
      if (['running', 'restarting', 'paused'].includes(State))
        throw new SiskinError(
          'REPLICA_START_FAILED',
          `a container named ${name} of another origin runs already`,
        );
      await doneWhen([404, 409], () => this.#docker.getContainer(Id).remove({ v: true }));
    }
  }

  /** @returns null for one that went away in between, or is not ours */
  async #inspect(id: string): Promise<ObservedReplica | null> {
    try {
      return observedReplica(await reachingEngine(() => this.#docker.getContainer(id).inspect()));
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  }
}

function releaseNumber(key: EnvironmentKey, service: string, container: string): number[] {
  const prefix = containerName(key, service, '');
  const parsed = container.startsWith(prefix) ? parseReplicaName(container.slice(prefix.length)) : undefined;
  return parsed ? [parsed.release] : [];
}
