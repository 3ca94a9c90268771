import type { Logger } from '../src/observability/logger.ts';

/** What was started, to be ended in the opposite order; one that fails to end does not keep the others. */
export class Ending {
  readonly #log: Logger;
  readonly #parts: { name: string; stop: () => Promise<void> }[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  add(name: string, stop: () => Promise<void>): void {
    this.#parts.push({ name, stop });
  }

  async run(): Promise<void> {
    for (const { name, stop } of this.#parts.splice(0).reverse()) {
      await stop().catch((err: unknown) => this.#log.warn({ err, part: name }, 'did not end as it should'));
    }
  }
}
