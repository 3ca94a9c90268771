import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';

/** Paths relative to nginx.conf, and the name of the whole. */
export interface Configuration {
  generation: string;
  files: { path: string; text: string }[];
}

/**
 * `generations/<name>/nginx.conf` and what it includes; the link `conf` names the one that nginx starts from. Changing it is
 * one rename, and the one before stays for going back.
 */
export class ConfigFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get configFile(): string {
    return join(this.#folder, 'conf', 'nginx.conf');
  }

  /** The generation that nginx starts from; null when there is none yet. */
  current(): Promise<string | null> {
    return readlink(join(this.#folder, 'conf')).then(
      (target) => target.replace(/^generations\//, ''),
      () => null,
    );
  }

  /**
   * Writes a generation beside the others.
   * @param approve sees its nginx.conf; when it throws, nothing stays of it
   * @throws SiskinError FRONT_REFUSED when it cannot be written, and whatever `approve` throws
   */
  async write({ generation, files }: Configuration, approve: (file: string) => Promise<void>): Promise<void> {
    const place = join(this.#folder, 'generations', generation);
    const isCurrent = (await this.current()) === generation;
    try {
      for (const { path, text } of files) {
        await mkdir(dirname(join(place, path)), { recursive: true, mode: 0o700 });
        if (!isCurrent) await writeFile(join(place, path), text, { mode: 0o600, flush: true });
      }
      await approve(join(place, 'nginx.conf'));
    } catch (error) {
      if (!isCurrent) await rm(place, { recursive: true, force: true });
      if (error instanceof SiskinError) throw error;
      const message = `${place} cannot be written: ${messageOf(error)}.`;
      throw new SiskinError('FRONT_REFUSED', message, { cause: error });
    }
  }

  /** Makes a written generation the one that nginx starts from. */
  async use(generation: string): Promise<void> {
    const link = join(this.#folder, 'conf');
    await rm(`${link}.new`, { force: true });
    await symlink(join('generations', generation), `${link}.new`);
    await rename(`${link}.new`, link);
  }

  /** Removes the generations that are not these. */
  async keep(generations: readonly (string | null)[]): Promise<void> {
    const folder = join(this.#folder, 'generations');
    for (const name of await readdir(folder)) {
      if (!generations.includes(name)) await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
