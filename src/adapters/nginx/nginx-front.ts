import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { checkConfig } from './check-config.ts';
import { ConfigFolder, type Configuration } from './config-folder.ts';

export interface NginxFrontOptions {
  binary: string;
  /** Holds the link `conf` and the generations. */
  folder: string;
  /** `host:port` where nginx tells its generation. */
  status: string;
  /** Makes nginx read its configuration again. */
  reload(): void;
  /** How long a reload may take. */
  timeoutMs?: number;
}

/** nginx by its files and its signals: a configuration is tried before it is used, and what was served before is kept. */
export class NginxFront {
  readonly #options: NginxFrontOptions;
  readonly #folder: ConfigFolder;

  constructor(options: NginxFrontOptions) {
    this.#options = options;
    this.#folder = new ConfigFolder(options.folder);
  }

  get configFile(): string {
    return this.#folder.configFile;
  }

  /**
   * Before nginx starts: what it starts from.
   * @returns whether that is another than before
   * @throws SiskinError FRONT_REFUSED with nginx's words: then nothing changed
   */
  async prepare(configuration: Configuration): Promise<boolean> {
    const before = await this.#folder.current();
    await this.#folder.write(configuration, (file) => checkConfig(this.#options.binary, file));
    if (before === configuration.generation) return false;
    await this.#folder.use(configuration.generation);
    await this.#folder.keep([before, configuration.generation]);
    return true;
  }

  /**
   * Makes a running nginx serve by this configuration; it is reloaded only when it does not already.
   * @returns whether it was reloaded
   * @throws SiskinError FRONT_REFUSED: then it serves as before, and would start as before
   */
  async apply(configuration: Configuration): Promise<boolean> {
    const before = await this.#folder.current();
    await this.prepare(configuration);
    if ((await this.generation()) === configuration.generation) return false;
    this.#options.reload();
    if (await this.#becomes(configuration.generation)) return true;
    if (before !== null && before !== configuration.generation) await this.#folder.use(before);
    throw new SiskinError('FRONT_REFUSED', 'nginx did not take the new configuration; it serves as before.');
  }

  /** Where the configuration that nginx starts from listens, as `host:port`. */
  async listens(): Promise<string[]> {
    const files = [this.configFile, join(dirname(this.configFile), 'stream.conf')];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
    return [...texts.join('\n').matchAll(/^ *listen (\S+?)[; ]/gm)].flatMap(([, address]) => address ?? []);
  }

  /** The generation nginx serves by; null when it does not answer. */
  async generation(): Promise<string | null> {
    try {
      const url = `http://${this.#options.status}/generation`;
      const answer = await fetch(url, {
        signal: AbortSignal.timeout(2_000),
        headers: { connection: 'close' },
      });
      return await answer.text();
    } catch {
      return null;
    }
  }

  async #becomes(generation: string): Promise<boolean> {
    const deadline = performance.now() + (this.#options.timeoutMs ?? 15_000);
    while (performance.now() < deadline) {
      if ((await this.generation()) === generation) return true;
      await sleep(20);
    }
    return false;
  }
}
