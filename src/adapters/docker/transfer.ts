import type Docker from 'dockerode';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { VolumeDiff } from '../../domain/standby/volume-diff.ts';
import type { ImageToBring, Transfer } from '../../pipeline/standby/ports.ts';
import { engineStatus, reachingEngine } from './engine-errors.ts';
import { ensureHelperImage } from './helper-container.ts';
import { bringImage, servingImages, standbyName } from './image-transfer.ts';
import { replaceContainer } from './replace-container.ts';
import { VolumeTransfer } from './volume-transfer.ts';

/** Brings things from one engine to another. */
export class DockerTransfer implements Transfer {
  readonly #from: Docker;
  readonly #to: Docker;
  readonly #helperImage: string;

  constructor(from: Docker, to: Docker, helperImage: string) {
    this.#from = from;
    this.#to = to;
    this.#helperImage = helperImage;
  }

  /** The helper's image on both sides; brought there from here when it is missing. */
  async prepare(): Promise<void> {
    await ensureHelperImage(this.#from, this.#helperImage);
    try {
      await reachingEngine(() => this.#to.getImage(this.#helperImage).inspect());
    } catch (error) {
      if (engineStatus(error) !== 404) throw error;
      const progress = await this.#to.loadImage(await this.#from.getImage(this.#helperImage).get());
      for await (const _event of progress);
    }
  }

  async images(keys: readonly EnvironmentKey[]): Promise<ImageToBring[]> {
    const found = await Promise.all(keys.map((key) => servingImages(this.#from, this.#to, key)));
    return found.flat();
  }

  bringImage(image: ImageToBring): Promise<void> {
    return bringImage(this.#from, this.#to, image);
  }

  async takeUp(image: ImageToBring, containers: readonly string[]): Promise<string[]> {
    const taken: string[] = [];
    for (const name of containers)
      if (await replaceContainer(this.#to, name, standbyName(image))) taken.push(name);
    return taken;
  }

  compareVolume(volume: string): Promise<VolumeDiff> {
    return this.#volume(volume).compare();
  }

  bringVolume(volume: string): Promise<{ files: number; bytes: number; removed: number }> {
    return this.#volume(volume).bring();
  }

  #volume(volume: string): VolumeTransfer {
    return new VolumeTransfer(this.#from, this.#to, this.#helperImage, volume);
  }
}
