import { statfs } from 'node:fs/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

const checkEveryMs = 500;
const infoSchema = z.object({ DockerRootDir: z.string() });

/**
 * Watches the disk on which the engine keeps its images, while a build runs. Without effect where that disk cannot be
 * seen: another host, or a container that has no such folder.
 */
export class DiskFloor {
  readonly #docker: Docker;
  readonly #minFreeBytes: number;

  constructor(docker: Docker, minFreeBytes: number) {
    this.#docker = docker;
    this.#minFreeBytes = minFreeBytes;
  }

  /**
   * @returns a signal that is aborted with the error to report when too little is left, and how to stop watching
   * @throws SiskinError BUILD_FAILED when too little is left already
   */
  async watch(): Promise<{ signal: AbortSignal; stop: () => void }> {
    const { DockerRootDir: folder } = infoSchema.parse(await this.#docker.info());
    const tooFull = new AbortController();
    const first = await this.#problem(folder);
    if (first) throw first;
    const check = (): void => {
      void this.#problem(folder).then((problem) => problem && tooFull.abort(problem));
    };
    const timer = setInterval(check, checkEveryMs);
    return { signal: tooFull.signal, stop: () => clearInterval(timer) };
  }

  async #problem(folder: string): Promise<SiskinError | undefined> {
    // not visible from here: then there is nothing to watch
    const disk = await statfs(folder).catch(() => undefined);
    if (!disk) return undefined;
    const free = disk.bavail * disk.bsize;
    if (free >= this.#minFreeBytes) return undefined;
    const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
    return new SiskinError(
      'BUILD_FAILED',
      `no build with so little disk: ${megabytes(free)} MB are free at ${folder}, ${megabytes(this.#minFreeBytes)} MB must stay free`,
      { hint: 'Make room (`docker system df` tells what is used), or find the step that writes so much.' },
    );
  }
}
