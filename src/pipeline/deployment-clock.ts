import type { Clock } from './ports.ts';

/**
 * Milliseconds of a deployment's life in which a worker ran it. Monotonic, so a jump of the wall clock changes
 * nothing; after a takeover it goes on from the last journal entry, so time that nobody measured does not count.
 */
export class DeploymentClock {
  readonly #clock: Clock;
  readonly #offsetMs: number;

  constructor(clock: Clock, lastT: number) {
    this.#clock = clock;
    this.#offsetMs = lastT - clock.monotonicMs();
  }

  t(): number {
    return this.#clock.monotonicMs() + this.#offsetMs;
  }

  at(): string {
    return this.#clock.now().toISOString();
  }
}
