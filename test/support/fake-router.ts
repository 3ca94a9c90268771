import { SiskinError } from '../../src/domain/errors/siskin-error.ts';
import type { CounterReading, ObservedServer, ServerCounters } from '../../src/domain/observation.ts';
import type { Router } from '../../src/pipeline/ports.ts';

export type RouterCall = keyof Router;

interface FakeServer extends ObservedServer {
  counters: ServerCounters;
  /** For the smooth weighted round robin. */
  credit: number;
}

/**
 * A Router in memory, held to the same contract as HAProxy. Tests may send requests through it, set what a server did, and
 * make calls fail before or after they took effect.
 */
export class FakeRouter implements Router {
  /** Called around every call of the port; what it throws, the call throws. 'after' = it took effect, the caller does not know. */
  onCall: ((call: RouterCall, phase: 'before' | 'after') => void) | null = null;
  readonly #backends: Map<string, Map<string, FakeServer>>;

  constructor(backends: string[]) {
    this.#backends = new Map(backends.map((name) => [name, new Map()]));
  }

  servers(backend: string): Promise<ObservedServer[]> {
    return this.#call('servers', () =>
      [...this.#backend(backend).values()].map(({ name, address, port, state, weight, sessions }) => ({
        name,
        address,
        port,
        state,
        weight,
        sessions,
      })),
    );
  }

  addServer(backend: string, name: string, address: string, port: number): Promise<void> {
    return this.#call('addServer', () => {
      const servers = this.#backend(backend);
      const there = servers.get(name);
      if (there?.address === address && there.port === port) return;
      const server = {
        name,
        address,
        port,
        state: 'maintenance' as const,
        weight: 0,
        sessions: 0,
        credit: 0,
      };
      servers.set(name, { ...server, counters: { requests: 0, errors: 0 } });
    });
  }

  moveServer(backend: string, server: string, address: string, port: number): Promise<void> {
    return this.#call('moveServer', () => {
      Object.assign(this.#server(backend, server), { address, port });
    });
  }

  enableServer(backend: string, server: string, weight: number): Promise<void> {
    return this.#call('enableServer', () => {
      assertWeight(weight);
      Object.assign(this.#server(backend, server), { state: 'ready', weight });
    });
  }

  setWeights(backend: string, weights: Record<string, number>): Promise<void> {
    return this.#call('setWeights', () => {
      Object.values(weights).forEach(assertWeight);
      const changes = Object.entries(weights).map(
        ([name, weight]) => [this.#server(backend, name), weight] as const,
      );
      for (const [server, weight] of changes) server.weight = weight;
    });
  }

  drainServer(backend: string, server: string): Promise<void> {
    return this.#call('drainServer', () => {
      const found = this.#backend(backend).get(server);
      if (found) found.state = 'drain';
    });
  }

  removeServer(backend: string, server: string): Promise<void> {
    return this.#call('removeServer', () => {
      this.#backend(backend).delete(server);
    });
  }

  counters(backend: string): Promise<CounterReading> {
    return this.#call('counters', () => ({
      source: 'router' as const,
      servers: Object.fromEntries(
        [...this.#backend(backend).values()].map((s) => [s.name, { ...s.counters }]),
      ),
    }));
  }

  /** One request of a user. @returns the status; 503 and counted nowhere when no server takes requests */
  request(backend: string, status: number): number {
    const server = this.#choose(backend);
    if (!server) return 503;
    server.counters.requests += 1;
    if (status >= 500) server.counters.errors += 1;
    return status;
  }

  /** Begins a request that lasts. @returns ends it; null when no server takes requests */
  hold(backend: string): (() => void) | null {
    const server = this.#choose(backend);
    if (!server) return null;
    server.sessions += 1;
    return () => {
      server.sessions -= 1;
      server.counters.requests += 1;
    };
  }

  /** Adds to what a server did, and sets its sessions. */
  inject(backend: string, server: string, did: Partial<ServerCounters & { sessions: number }>): void {
    const found = this.#server(backend, server);
    found.counters.requests += did.requests ?? 0;
    found.counters.errors += did.errors ?? 0;
    if (did.sessions !== undefined) found.sessions = did.sessions;
  }

  #choose(backend: string): FakeServer | undefined {
    const ready = [...this.#backend(backend).values()].filter((s) => s.state === 'ready' && s.weight > 0);
    for (const server of ready) server.credit += server.weight;
    const [first, ...others] = ready;
    const chosen = others.reduce(
      (best, server) => (server.credit > (best?.credit ?? 0) ? server : best),
      first,
    );
    if (chosen) chosen.credit -= ready.reduce((sum, server) => sum + server.weight, 0);
    return chosen;
  }

  #backend(name: string): Map<string, FakeServer> {
    const backend = this.#backends.get(name);
    if (!backend) throw new SiskinError('ROUTER_REFUSED', `The router has no backend ${name}.`);
    return backend;
  }

  #server(backend: string, name: string): FakeServer {
    const server = this.#backend(backend).get(name);
    if (!server) throw new SiskinError('ROUTER_REFUSED', `The router has no server ${name} in ${backend}.`);
    return server;
  }

  async #call<T>(call: RouterCall, effect: () => T): Promise<T> {
    this.onCall?.(call, 'before');
    const result = effect();
    this.onCall?.(call, 'after');
    return result;
  }
}

function assertWeight(weight: number): void {
  if (Number.isInteger(weight) && weight >= 0 && weight <= 256) return;
  throw new SiskinError('ROUTER_REFUSED', `"${weight}" cannot be a server weight of the router.`);
}
