import { setTimeout as sleep } from 'node:timers/promises';
import { commandLines } from './processes.ts';

const everyMs = 10;

/** Looks at the arguments of all processes of this machine, again and again, until it is stopped. */
export class ArgvWatch {
  looks = 0;
  readonly #texts: readonly string[];
  readonly #commands = new Set<string>();
  readonly #watching: Promise<void>;
  #stopped = false;

  /** @param texts that no process may have in its arguments */
  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.#watching = this.#watch();
  }

  /** Every command line that was seen. */
  get commands(): string[] {
    return [...this.#commands];
  }

  /** Those with one of the texts in them. */
  get found(): string[] {
    return this.commands.filter((line) => this.#texts.some((text) => line.includes(text)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      for (const line of (await commandLines()).values()) this.#commands.add(line);
      this.looks += 1;
      await sleep(everyMs);
    }
  }
}
