import type Docker from 'dockerode';
import type { Container, ContainerCreateOptions, ContainerInfo } from 'dockerode';
import { z } from 'zod';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type HookEnd, hookContainer } from '../../domain/hooks.ts';
import { type EnvironmentKey, parseReplicaName, releaseName } from '../../domain/names.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import type { HookRequest, Hooks } from '../../pipeline/hooks/ports.ts';
import { ContainerOutput } from './container-output.ts';
import { createOptions } from './create-options.ts';
import { doneWhen, engineStatus, engineWords, reachingEngine } from './engine-errors.ts';
import { environmentLabels, labelFilter } from './labels.ts';
import { nameOf } from './listed-replica.ts';
import { ensureNetwork } from './network.ts';
import type { ReplicasOptions } from './replicas.ts';
import { SecretFiles } from './secret-files.ts';

/** Lines of one hook that stand in the deployment's log. */
const maxLines = 2_000;
const tailLines = 10;

/** Made as replicas are, with the same options. */
export class DockerHooks implements Hooks {
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

  async run(request: HookRequest, onLine: (line: string) => void, signal: AbortSignal): Promise<HookEnd> {
    const name = hookContainer(request, request);
    await this.#endOthers(request, name, onLine, signal);
    const container = this.#docker.getContainer(name);
    if ((await this.#stateOf(container)) === 'running')
      onLine('it runs already: its output from its beginning');
    await this.#start(request, container);
    return await this.#await(request, container, onLine, signal);
  }

  async remove(key: EnvironmentKey, graceMs: number): Promise<void> {
    const found = await this.#list(key);
    await Promise.all(found.map(({ Id }) => this.#end(this.#docker.getContainer(Id), graceMs)));
    for (const service of new Set(found.flatMap(({ Labels }) => Labels['siskin.service'] ?? [])))
      await this.#files.sweep(key, service, await this.#releasesWithContainers(key, service));
  }

  async #endOthers(
    request: HookRequest,
    name: string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    for (const other of await this.#list(request)) {
      const { Labels, State, Id } = other;
      if (Labels['siskin.service'] !== request.service || nameOf(other) === name) continue;
      await request.assertHeld();
      const container = this.#docker.getContainer(Id);
      // begun by this deployment for a commit that is not the branch's head any more: to break it off may do harm
      if (Labels['siskin.deployment'] === request.deployment && State === 'running') {
        onLine(`waiting for the end of ${nameOf(other)}, which a worker before this one had begun`);
        await this.#waitAtMost(request.timeLeftMs, container, signal);
      }
      await this.#end(container, request.stopGraceMs);
    }
  }

  async #start(request: HookRequest, container: Container): Promise<void> {
    try {
      const state = await this.#stateOf(container);
      if (state === 'running' || state === 'ended') return;
      const network = await ensureNetwork(this.#docker, request, this.#network);
      const files = await this.#files.place(request);
      await request.assertHeld();
      await doneWhen([409], () => this.#docker.createContainer(hookOptions(request, network, files)));
      for (const extra of request.container.networks ?? [])
        await doneWhen([403], () => this.#docker.getNetwork(extra).connect({ Container: container.id }));
      await request.assertHeld();
      await doneWhen([304], () => container.start());
    } catch (error) {
      if (engineStatus(error) === undefined) throw error;
      throw new SiskinError('HOOK_REFUSED', `${request.hook}: ${engineWords(error)}`, { cause: error });
    }
  }

  /** Follows what it prints until it ends; stops it when its time is over. */
  async #await(
    { timeLeftMs, stopGraceMs }: HookRequest,
    container: Container,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<HookEnd> {
    const output = new ContainerOutput({ onLine, maxLines, tailLines, mask: this.#mask });
    const inTime = await endsWithin(timeLeftMs, signal, (limit) => this.#follow(container, output, limit));
    const timedOut = !inTime && (await this.#stateOf(container)) === 'running';
    if (timedOut) await this.#stop(container, stopGraceMs);
    return { ...(await this.#endOf(container)), timedOut, tail: output.tail };
  }

  async #waitAtMost(ms: number, container: Container, signal: AbortSignal): Promise<void> {
    await endsWithin(ms, signal, (limit) => this.#waitFor(container, limit));
  }

  async #follow(container: Container, output: ContainerOutput, signal: AbortSignal): Promise<void> {
    const options = { stdout: true, stderr: true, follow: true, abortSignal: signal } as const;
    const log = await reachingEngine(() => container.logs(options));
    await reachingEngine(() => output.read(log));
    await this.#waitFor(container, signal);
  }

  async #waitFor(container: Container, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await doneWhen([404], () => container.wait({ abortSignal: signal })).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }

  async #stop(container: Container, graceMs: number): Promise<void> {
    await doneWhen([304, 404], () => container.stop({ t: Math.ceil(graceMs / 1000) }));
  }

  async #end(container: Container, graceMs: number): Promise<void> {
    await this.#stop(container, graceMs);
    await doneWhen([404, 409], () => container.remove({ force: true, v: true }));
  }

  async #stateOf(container: Container): Promise<'absent' | 'created' | 'running' | 'ended'> {
    try {
      const { Status } = inspected.parse(await reachingEngine(() => container.inspect())).State;
      if (Status === 'created') return 'created';
      return ['running', 'paused', 'restarting'].includes(Status) ? 'running' : 'ended';
    } catch (error) {
      if (engineStatus(error) === 404) return 'absent';
      throw error;
    }
  }

  async #endOf(container: Container): Promise<Pick<HookEnd, 'exitCode' | 'oomKilled'>> {
    const { ExitCode, OOMKilled } = inspected.parse(await reachingEngine(() => container.inspect())).State;
    return { exitCode: ExitCode, oomKilled: OOMKilled };
  }

  #list(key: EnvironmentKey): Promise<ContainerInfo[]> {
    const filters = labelFilter({ ...environmentLabels(key), 'siskin.kind': 'hook' });
    return reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
  }

  async #releasesWithContainers(key: EnvironmentKey, service: string): Promise<number[]> {
    const filters = labelFilter({ ...environmentLabels(key), 'siskin.service': service });
    const left = await reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
    return left.flatMap(({ Labels }) => parseReplicaName(`${Labels['siskin.release']}-1`)?.release ?? []);
  }
}

/** @returns false when the work was broken off after so many ms @throws the signal's reason when that was aborted */
async function endsWithin(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.max(0, ms));
  const { signal: either, unlink } = anySignal([signal, limit.signal]);
  try {
    await work(either);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.signal.aborted) throw error;
    return false;
  } finally {
    clearTimeout(timer);
    unlink();
  }
}

const inspected = z.object({
  State: z.object({ Status: z.string(), ExitCode: z.number(), OOMKilled: z.boolean().catch(false) }),
});

/** A replica's, but for what makes it one: it runs once, is healthy when it ends well, and its log can be read. */
function hookOptions(
  request: HookRequest,
  network: string,
  secretFiles: string | null,
): ContainerCreateOptions {
  const [program = '', ...words] = request.command;
  const replica = { ...request, replica: '', slot: 0, port: 0 };
  const { Healthcheck: _none, ...options } = createOptions(replica, network, secretFiles);
  return {
    ...options,
    name: hookContainer(request, request),
    Labels: {
      ...request.container.labels,
      ...environmentLabels(request),
      'siskin.kind': 'hook',
      'siskin.hook': request.hook,
      'siskin.service': request.service,
      'siskin.release': releaseName(request.release),
      'siskin.deployment': request.deployment,
      'siskin.fence': String(request.fence),
    },
    Entrypoint: [program],
    Cmd: words,
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      ...options.HostConfig,
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } },
    },
  };
}
