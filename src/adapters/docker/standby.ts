import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { extract, pack } from 'tar-stream';
import { z } from 'zod';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { StandbyFacts } from '../../domain/standby/checks.ts';
import type { Standby, StandbyState } from '../../pipeline/standby/ports.ts';
import { doneWhen, engineStatus, reachingEngine } from './engine-errors.ts';
import { helperAt, withHelper } from './helper-container.ts';

const stateVolume = 'siskin-standby';
const stateFile = 'state.json';
const lockName = 'siskin-standby-lock';
const stateSchema = z.object({ lastSync: z.iso.datetime().nullable(), serving: z.boolean() });

/** A lock whose maker died between making and starting it is one after this time, in seconds. */
const staleAfterSeconds = 60;

/** The standby's engine, as far as it knows of itself. */
export class DockerStandby implements Standby {
  readonly #docker: Docker;
  readonly #image: string;

  /** @param helperImage is there already */
  constructor(docker: Docker, helperImage: string) {
    this.#docker = docker;
    this.#image = helperImage;
  }

  /**
   * A container that reads from this process until that is gone: the engine itself ends it with the connection, and its name
   * can be taken once at a time.
   */
  async lock(): Promise<{ release(): Promise<void> }> {
    const container = await this.#lockContainer();
    try {
      const stdin = await reachingEngine(() => container.attach({ stream: true, stdin: true, hijack: true }));
      // Over ssh a session that nobody reads never closes, and its connection would keep this process from ending.
      stdin.resume();
      await reachingEngine(() => container.start());
      return {
        release: async () => {
          stdin.end();
          await doneWhen([404, 409], () => container.remove({ force: true }));
        },
      };
    } catch (error) {
      await doneWhen([404, 409], () => container.remove({ force: true })).catch(() => undefined);
      throw error;
    }
  }

  async #lockContainer(): Promise<Docker.Container> {
    const options = {
      name: lockName,
      Image: this.#image,
      Entrypoint: ['cat'],
      Cmd: [],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      HostConfig: { AutoRemove: true, NetworkMode: 'none' },
    };
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        return await reachingEngine(() => this.#docker.createContainer(options));
      } catch (error) {
        if (engineStatus(error) !== 409 || !(await this.#removeStaleLock())) break;
      }
    }
    throw new SiskinError('STANDBY_BUSY', `another process synchronises: the container ${lockName} is there`);
  }

  async #removeStaleLock(): Promise<boolean> {
    const filters = { name: [`^/${lockName}$`], status: ['created', 'exited', 'dead'] };
    const [stale] = await reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
    if (!stale || Date.now() / 1000 - stale.Created < staleAfterSeconds) return false;
    await doneWhen([404, 409], () => this.#docker.getContainer(stale.Id).remove({ force: true }));
    return true;
  }

  async read(): Promise<StandbyState> {
    return await this.#withState(async (container) => {
      try {
        const tar = await reachingEngine(() => container.getArchive({ path: `${helperAt}/${stateFile}` }));
        return stateSchema.parse(JSON.parse(await onlyFile(Readable.from(tar))));
      } catch (error) {
        if (engineStatus(error) === 404) return { lastSync: null, serving: false };
        throw error;
      }
    });
  }

  async write(state: StandbyState): Promise<void> {
    await this.#withState(async (container) => {
      const tar = pack();
      tar.entry({ name: stateFile, mode: 0o600 }, JSON.stringify(state));
      tar.finalize();
      await reachingEngine(() => container.putArchive(Readable.from(tar), { path: helperAt }));
    });
  }

  #withState<T>(use: (container: Docker.Container) => Promise<T>): Promise<T> {
    return withHelper(this.#docker, { image: this.#image, volume: stateVolume, words: ['true'] }, use);
  }

  async containers(names: readonly string[]): Promise<StandbyFacts['containers']> {
    const found = await Promise.all(
      names.map(async (name) => {
        try {
          const { State } = await reachingEngine(() => this.#docker.getContainer(name).inspect());
          const health = State.Health?.Status;
          return { name, state: State.Status, healthy: health === undefined ? null : health === 'healthy' };
        } catch (error) {
          if (engineStatus(error) !== 404) throw error;
          return { name, state: 'missing', healthy: null };
        }
      }),
    );
    return found;
  }
}

async function onlyFile(tar: Readable): Promise<string> {
  const entries = tar.pipe(extract());
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }
  return '';
}
