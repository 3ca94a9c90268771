import { messageOf } from '../../domain/errors/siskin-error.ts';
import type { CounterReading, ServerCounters } from '../../domain/observation.ts';
import type { Clock, Metrics, Router } from '../ports.ts';

/** How long Prometheus is left alone after it could not tell, in ms: its time-out must not slow every tick. */
const leftAloneMs = 10_000;

/** A scrape late is usual; Prometheus that is behind this many looks in a row does not see this router. */
const looksBehind = 5;

/**
 * Reads a backend's counters: from Prometheus, or, when it cannot tell, from the router itself. Prometheus is up to a
 * scrape behind the router, so it is believed only when it is not behind what was counted already: counters that seem
 * to go back would be taken for a reset and counted twice. One that stays behind, or does not see a server that serves,
 * scrapes something else.
 */
export class Measurer {
  readonly #metrics: Metrics;
  readonly #router: Router;
  readonly #clock: Clock;
  #askAgainAt = 0;
  #behind = 0;
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
   * @param serving the servers that take requests now: Prometheus must see each of them
   * @returns the reading, or why there is none
   */
  async read(
    backend: string,
    last: Record<string, ServerCounters>,
    serving: readonly string[],
  ): Promise<CounterReading | { unavailable: string }> {
    const fromPrometheus = await this.#askPrometheus(backend, last, serving);
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
    serving: readonly string[],
  ): Promise<CounterReading | undefined> {
    if (this.#clock.monotonicMs() < this.#askAgainAt) return undefined;
    try {
      const reading = await this.#metrics.counters(backend);
      const doubt = doubtOf(reading, last, serving);
      this.#behind = doubt === undefined ? 0 : this.#behind + 1;
      if (this.#behind >= looksBehind) this.#leaveAlone(`${doubt}: does it scrape this router?`);
      if (doubt !== undefined) return undefined;
      this.#reason = null;
      return reading;
    } catch (error) {
      this.#leaveAlone(messageOf(error));
      return undefined;
    }
  }

  #leaveAlone(reason: string): void {
    this.#reason = reason;
    this.#askAgainAt = this.#clock.monotonicMs() + leftAloneMs;
  }
}

/** Why this reading is not believed; undefined when it is. */
function doubtOf(
  { servers }: CounterReading,
  last: Record<string, ServerCounters>,
  serving: readonly string[],
): string | undefined {
  const unseen = serving.find((name) => servers[name] === undefined);
  if (unseen !== undefined) return `Prometheus does not see ${unseen}, which serves`;
  for (const [name, { requests }] of Object.entries(last)) {
    const seen = servers[name]?.requests ?? requests;
    if (seen < requests) return `Prometheus has counted ${seen} requests of ${name}, the router ${requests}`;
  }
  return undefined;
}
