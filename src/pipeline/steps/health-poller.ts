import type { GlancedReplica } from '../../domain/observation.ts';
import type { HealthSpec, HttpHealthSpec, RunningHealthSpec } from '../../domain/service-spec.ts';
import type { Clock, Prober } from '../ports.ts';

/** The first polls come fast, whatever interval the app asks for. */
const firstIntervalMs = 100;

export type Health = { state: 'healthy' } | { state: 'promising' } | { state: 'unhealthy'; detail: string };

/** Asks replicas for their health and remembers how often in a row each has said yes. */
export class HealthPoller {
  readonly #prober: Prober;
  readonly #clock: Clock;
  readonly #successes = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #lastAsked = new Map<string, number>();
  readonly #runningSince = new Map<string, number>();

  constructor(prober: Prober, clock: Clock) {
    this.#prober = prober;
    this.#clock = clock;
  }

  /** Time in ms until this replica should be asked again. */
  dueInMs(replica: string, spec: HealthSpec): number {
    const last = this.#lastAsked.get(replica);
    if (last === undefined) return 0;
    const answered = (this.#successes.get(replica) ?? 0) > 0;
    const intervalMs = answered && spec.kind === 'http' ? spec.intervalMs : firstIntervalMs;
    return Math.max(0, last + intervalMs - this.#clock.monotonicMs());
  }

  /** Asks once. @returns healthy after `healthyAfter` successes in a row, promising after fewer */
  async ask(replica: GlancedReplica, port: number, spec: HealthSpec, signal: AbortSignal): Promise<Health> {
    this.#lastAsked.set(replica.name, this.#clock.monotonicMs());
    if (spec.kind === 'container') return containerHealth(replica);
    if (spec.kind === 'running') return this.#steady(replica, spec);
    const detail = await this.#probe(replica, port, spec, signal);
    if (detail !== null) {
      this.#successes.set(replica.name, 0);
      return { state: 'unhealthy', detail };
    }
    const successes = (this.#successes.get(replica.name) ?? 0) + 1;
    this.#successes.set(replica.name, successes);
    return { state: successes >= spec.healthyAfter ? 'healthy' : 'promising' };
  }

  /** A replica that is seen to run for so long; a restart of it is trouble, and told by others. */
  #steady({ name, status }: GlancedReplica, { steadyMs }: RunningHealthSpec): Health {
    if (status !== 'running') {
      this.#runningSince.delete(name);
      return { state: 'unhealthy', detail: `it is ${status}` };
    }
    const now = this.#clock.monotonicMs();
    const since = this.#runningSince.get(name) ?? now;
    this.#runningSince.set(name, since);
    return { state: now - since >= steadyMs ? 'healthy' : 'promising' };
  }

  /** Asks a replica that serves. @returns how often in a row it has failed, and what it said last */
  async check(
    replica: GlancedReplica,
    port: number,
    spec: HttpHealthSpec,
    signal: AbortSignal,
  ): Promise<{ failures: number; detail: string | null }> {
    const detail = await this.#probe(replica, port, spec, signal);
    const failures = detail === null ? 0 : (this.#failures.get(replica.name) ?? 0) + 1;
    this.#failures.set(replica.name, failures);
    return { failures, detail };
  }

  /** Forgets a replica, e.g. because it was started anew. */
  forget(replica: string): void {
    for (const memory of [this.#successes, this.#failures, this.#lastAsked, this.#runningSince])
      memory.delete(replica);
  }

  async #probe(
    { address }: GlancedReplica,
    port: number,
    { path, timeoutMs }: HttpHealthSpec,
    signal: AbortSignal,
  ): Promise<string | null> {
    if (address === null) return 'it has no address';
    const answer = await this.#prober.probe({ address, port, path, timeoutMs }, signal);
    if ('error' in answer) return `GET ${path}: ${answer.error}`;
    return answer.status >= 200 && answer.status < 300 ? null : `GET ${path} answered ${answer.status}`;
  }
}

const containerHealth = ({ containerHealth: health }: GlancedReplica): Health =>
  health === 'healthy'
    ? { state: 'healthy' }
    : { state: 'unhealthy', detail: `the container's health check says "${health}"` };
