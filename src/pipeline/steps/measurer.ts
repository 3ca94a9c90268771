import { messageOf } from '../../domain/errors/siskin-error.ts';
import type { CounterReading, ServerCounters } from '../../domain/observation.ts';
import type { Clock, Metrics, Router } from '../ports.ts';

/** How long Prometheus is left alone after it could not tell, in ms: its time-out must not slow every tick. */
const leftAloneMs = 10_000;

/**
 * Reads a backend's counters: from Prometheus, or, when it cannot tell, from the router itself. Prometheus is up to a
 * scrape behind the router, so it is believed only when it is not behind what was counted already: counters that seem
 * to go back would be taken for a reset and counted twice.
 */
export class Measurer {
  readonly #metrics: Metrics;
  readonly #router: Router;
  readonly #clock: Clock;
  #askAgainAt = 0;
  #reason: string | null = null;

  constructor(metrics: Metrics, router: Router, clock: Clock) {
    this.#metrics = metrics;
    this.#router = router;
    this.#clock = clock;
  }

  /** Why the router is asked instead of Prometheus; null while it is not. */
  get fallbackReason(): string | null {
    return this.#reason;
  }

  /**
   * @param last the counters of the tick before
   * @returns the reading, or why there is none
   */
  async read(
    backend: string,
    last: Record<string, ServerCounters>,
  ): Promise<CounterReading | { unavailable: string }> {
    const fromPrometheus = await this.#askPrometheus(backend, last);
    if (fromPrometheus) return fromPrometheus;
    try {
      return await this.#router.counters(backend);
    } catch (error) {
      return { unavailable: `${this.#reason ?? 'Prometheus is behind'}; ${messageOf(error)}` };
    }
  }

  async #askPrometheus(
    backend: string,
    last: Record<string, ServerCounters>,
  ): Promise<CounterReading | undefined> {
    if (this.#clock.monotonicMs() < this.#askAgainAt) return undefined;
    try {
      const reading = await this.#metrics.counters(backend);
      if (isBehind(reading, last)) return undefined;
      this.#reason = null;
      return reading;
    } catch (error) {
      this.#reason = messageOf(error);
      this.#askAgainAt = this.#clock.monotonicMs() + leftAloneMs;
      return undefined;
    }
  }
}

const isBehind = ({ servers }: CounterReading, last: Record<string, ServerCounters>): boolean =>
  Object.entries(last).some(([name, { requests }]) => (servers[name]?.requests ?? requests) < requests);
