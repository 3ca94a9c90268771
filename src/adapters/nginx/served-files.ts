import { chmod, chown, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { type Turn, untilReplaceable } from '../../domain/front/certificates.ts';
import { expiryOf } from './certificate-files.ts';
import { sharedFolder, type WorkerUser } from './worker-user.ts';

const turns: readonly Turn[] = ['a', 'b'];

/**
 * What nginx's workers read by themselves while they serve: certificates at each handshake, users at each request. A file
 * is replaced whole, so neither needs a reload.
 */
export class ServedFiles {
  readonly #folder: string;
  readonly #user: WorkerUser | null;
  readonly #now: () => number;

  constructor(folder: string, user: WorkerUser | null, now: () => number = Date.now) {
    this.#folder = folder;
    this.#user = user;
    this.#now = now;
  }

  /** Makes the folder. @throws SiskinError FRONT_UNREADABLE */
  prepare(): Promise<void> {
    return sharedFolder(this.#folder, this.#user);
  }

  /**
   * Serves a certificate from now on. Chain and key change for every handshake at once: a file is replaced only while
   * the other one is read, which takes up to ten seconds for the two.
   * @returns whether anything changed
   * @throws Error the signal's, when it is aborted meanwhile
   */
  async serveCertificate(host: string, pem: string, stopped: AbortSignal): Promise<boolean> {
    let changed = false;
    for (const turn of turns) {
      const file = `${host}.${turn}.pem`;
      const old = await this.#read(file);
      if (old === pem) continue;
      if (old !== null) await this.#untilReplaceable(turn, stopped);
      await this.#replace(file, pem);
      changed = true;
    }
    return changed;
  }

  /** @returns whether anything changed */
  async put(file: string, text: string): Promise<boolean> {
    if ((await this.#read(file)) === text) return false;
    await this.#replace(file, text);
    return true;
  }

  /** Removes what no longer is to be served; `keep` are names of files without `.a.pem`. */
  async keepOnly(keep: ReadonlySet<string>): Promise<void> {
    for (const file of await readdir(this.#folder)) {
      if (!keep.has(file.replace(/\.[ab]\.pem$/, ''))) await rm(join(this.#folder, file), { force: true });
    }
  }

  /** When the host's certificate expires, in ms since 1970; null when it has none. */
  expiry(host: string): Promise<number | null> {
    return expiryOf(join(this.#folder, `${host}.b.pem`));
  }

  async #untilReplaceable(turn: Turn, stopped: AbortSignal): Promise<void> {
    for (let ms = 1; ms > 0; ) {
      ms = untilReplaceable(turn, this.#now());
      await sleep(ms, undefined, { signal: stopped });
    }
  }

  #read(file: string): Promise<string | null> {
    return readFile(join(this.#folder, file), 'utf8').catch(() => null);
  }

  async #replace(file: string, text: string): Promise<void> {
    const path = join(this.#folder, file);
    try {
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      if (this.#user) await chown(`${path}.new`, 0, this.#user.gid);
      await chmod(`${path}.new`, 0o640);
      await rename(`${path}.new`, path);
    } catch (cause) {
      await rm(`${path}.new`, { force: true });
      throw new SiskinError('FRONT_UNREADABLE', `${path} cannot be written: ${messageOf(cause)}.`, { cause });
    }
  }
}
