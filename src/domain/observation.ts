/** What is true now, as Docker and the router report it. Found by label and name, never remembered. */
export interface Observation {
  replicas: ObservedReplica[];
  servers: ObservedServer[];
}

export interface ObservedReplica {
  /** `r12-1`. */
  name: string;
  release: number;
  slot: number;
  status: 'created' | 'running' | 'restarting' | 'exited';
  /** Address the router can reach; null when it has none (not running). */
  address: string | null;
  exitCode: number;
  oomKilled: boolean;
  /** Restarts by the engine since the container was started by Siskin. */
  restarts: number;
  /** The container's own health check, where it has one. */
  containerHealth: 'none' | 'starting' | 'healthy' | 'unhealthy';
}

/** What one look at many replicas tells of each. */
export type GlancedReplica = Pick<
  ObservedReplica,
  'name' | 'release' | 'slot' | 'status' | 'address' | 'containerHealth'
>;

export interface ObservedServer {
  /** The replica's name. */
  name: string;
  address: string;
  port: number;
  /** `ready` takes new requests, `drain` finishes the old ones, `maintenance` has none. */
  state: 'ready' | 'drain' | 'maintenance';
  weight: number;
  /** Sessions open now. */
  sessions: number;
}

/** A server's counters since it was added to the router. */
export interface ServerCounters {
  /** Answered requests and failed tries. */
  requests: number;
  /** 5xx answers, connection errors, response errors. */
  errors: number;
}

/** All servers' counters of a backend, by replica name, and where they were read. */
export interface CounterReading {
  source: 'prometheus' | 'router';
  servers: Record<string, ServerCounters>;
}
