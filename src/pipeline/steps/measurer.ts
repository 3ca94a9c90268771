import { messageOf } from '../../domain/errors/siskin-error.ts';
import type { CounterReading } from '../../domain/observation.ts';
import type { Metrics, Router } from '../ports.ts';

/**
 * Reads a backend's counters: from Prometheus, or, when it does not answer, from the router itself.
 * Once it had to ask the router it stays with it for this run: Prometheus is a scrape behind, and going back would
 * look like a counter that was reset.
 */
export class Measurer {
  readonly #metrics: Metrics;
  readonly #router: Router;
  #source: CounterReading['source'] = 'prometheus';
  #reason: string | null = null;

  constructor(metrics: Metrics, router: Router) {
    this.#metrics = metrics;
    this.#router = router;
  }

  /** Why the router is asked instead of Prometheus; null while it is not. */
  get fallbackReason(): string | null {
    return this.#reason;
  }

  /** @returns the reading, or why there is none */
  async read(backend: string): Promise<CounterReading | { unavailable: string }> {
    if (this.#source === 'prometheus') {
      try {
        return await this.#metrics.counters(backend);
      } catch (error) {
        this.#source = 'router';
        this.#reason = messageOf(error);
      }
    }
    try {
      return await this.#router.counters(backend);
    } catch (error) {
      return { unavailable: `Prometheus: ${this.#reason}; router: ${messageOf(error)}` };
    }
  }
}
