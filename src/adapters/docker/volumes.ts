import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Chunks, Volumes } from '../../pipeline/backup/ports.ts';
import { doneWhen, engineStatus, reachingEngine } from './engine-errors.ts';
import { ensureHelperImage, helperAt, runHelper, withHelper } from './helper-container.ts';

const leftAfterSeconds = 24 * 3600;

/** Volumes of one engine, read and written through helper containers. */
export class DockerVolumes implements Volumes {
  readonly #docker: Docker;
  readonly #image: string;

  constructor(docker: Docker, helperImage: string) {
    this.#docker = docker;
    this.#image = helperImage;
  }

  async save<T>(volume: string, take: (tar: Chunks) => Promise<T>): Promise<T> {
    await this.#mustExist(volume);
    await ensureHelperImage(this.#docker, this.#image);
    return await withHelper(
      this.#docker,
      { image: this.#image, volume, words: ['true'] },
      async (container) => {
        const tar = await reachingEngine(() => container.getArchive({ path: `${helperAt}/.` }));
        return await take(Readable.from(tar));
      },
    );
  }

  async restore(volume: string, tar: Chunks): Promise<void> {
    await this.checkUnused(volume);
    await ensureHelperImage(this.#docker, this.#image);
    const empty = ['find', helperAt, '-mindepth', '1', '-maxdepth', '1', '-exec', 'rm', '-rf', '{}', '+'];
    await runHelper(this.#docker, { image: this.#image, volume, words: empty });
    await withHelper(this.#docker, { image: this.#image, volume, words: ['true'] }, (container) =>
      reachingEngine(() => container.putArchive(Readable.from(tar), { path: helperAt })),
    );
  }

  async #mustExist(volume: string): Promise<void> {
    try {
      await reachingEngine(() => this.#docker.getVolume(volume).inspect());
    } catch (error) {
      if (engineStatus(error) !== 404) throw error;
      throw new SiskinError('VOLUME_MISSING', `there is no volume ${volume}`);
    }
  }

  async checkUnused(volume: string): Promise<void> {
    const filters = { volume: [volume], status: ['running', 'paused', 'restarting'] };
    const users = await reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
    if (users.length === 0) return;
    const names = users.map(({ Names }) => Names[0]?.slice(1)).join(', ');
    throw new SiskinError('RESTORE_REFUSED', `the volume ${volume} is in use by ${names}`, {
      hint: 'Stop these first, or restore into another volume: --into OLD=NEW.',
    });
  }

  /** Removes what `save` and `restore` may have left when this process was killed. */
  async sweep(): Promise<void> {
    const filters = { label: ['siskin.helper'] };
    const found = await reachingEngine(() => this.#docker.listContainers({ all: true, filters }));
    // a synchronisation that goes on has younger ones
    for (const { Id } of found.filter(({ Created }) => Date.now() / 1000 - Created > leftAfterSeconds))
      await doneWhen([404, 409], () => this.#docker.getContainer(Id).remove({ force: true }));
  }
}
