import type { Readable } from 'node:stream';
import type { Actor, Deployment, Release } from '../domain/deployment.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { EnvironmentKey } from '../domain/names.ts';
import type {
  CounterReading,
  GlancedReplica,
  ObservedReplica,
  ObservedServer,
} from '../domain/observation.ts';
import type { BuildSpec, ContainerSpec, ServiceSpec } from '../domain/service-spec.ts';

/** A commit as people know it. */
export interface Commit {
  sha: string;
  title: string;
  author: string;
}

/** The repository of an app: one bare mirror, never a working tree. */
export interface Source {
  /**
   * Brings the mirror up to date with the branch.
   * @throws SiskinError BRANCH_MISSING, SOURCE_UNREACHABLE, SOURCE_REFUSED and others of source-errors.ts, SOURCE_TOO_LARGE
   */
  fetchBranch(repository: string, branch: string, signal: AbortSignal): Promise<Commit>;
  /** A commit that the mirror must already hold, or fetches. @throws SiskinError COMMIT_MISSING */
  commit(repository: string, sha: string, signal: AbortSignal): Promise<Commit>;
  /** One regular file at a commit, at most `maxBytes`. @throws SiskinError FILE_MISSING, FILE_REFUSED */
  readFile(repository: string, sha: string, path: string, maxBytes: number): Promise<string>;
  /**
   * The first path that differs between two commits of the mirror and fits. @returns null when none does
   * @throws Error when git cannot tell, e.g. of a commit that the mirror does not hold any more
   */
  firstChanged(
    repository: string,
    between: { from: string; to: string },
    fits: (path: string) => boolean,
    signal: AbortSignal,
  ): Promise<string | null>;
  /**
   * The build context as a tar stream, `.dockerignore` applied, symlinks that lead out refused.
   * Errors after the first byte come out of the stream.
   * @param note gets a sentence for the deployment's log when something is left out
   * @throws SiskinError CONTEXT_REFUSED, FILE_MISSING, SUBMODULE_REFUSED, LFS_UNAVAILABLE, as fetchBranch
   */
  openContext(
    repository: string,
    sha: string,
    build: BuildSpec,
    signal: AbortSignal,
    note?: (line: string) => void,
  ): Promise<Readable>;
}

export interface BuildRequest {
  /** Local reference the image gets. */
  image: string;
  build: BuildSpec;
  labels: Record<string, string>;
  /** For `RUN --mount=type=secret`, by id. */
  secrets: Record<string, string>;
  timeoutMs: number;
  /** Asked before anything of the image is undone: it may be another worker's by then. @throws SiskinError LEASE_LOST */
  assertHeld: () => Promise<void>;
}

export interface Images {
  /**
   * Builds and tags an image. @param onLine gets readable progress, one line at a time, already bounded in length
   * @returns the image's content id
   * @throws SiskinError BUILD_FAILED (message ends with the last lines), BUILD_TIMED_OUT, DOCKER_UNAVAILABLE; an AbortError when aborted
   */
  build(
    request: BuildRequest,
    context: Readable,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<string>;
  /** The content id of a local image. @returns null when there is none */
  find(image: string): Promise<string | null>;
  /** Removes an image of ours; does nothing when it is gone or in use. */
  remove(image: string): Promise<void>;
  /** The images of this environment's releases, as their labels tell. */
  kept(key: EnvironmentKey): Promise<KeptImage[]>;
}

/** What an image's labels say of the release it is. */
export interface KeptImage {
  release: number;
  /** Of several services that are built alike, the first. */
  service: string;
  /** Full SHA of its commit. */
  sha: string;
  /** The deployment that built it, e.g. `d42`. */
  deployment: string;
  imageId: string;
}

/** Everything needed to create one replica; idempotent by name. */
export interface ReplicaRequest extends EnvironmentKey {
  service: string;
  /** `r12-1` */
  replica: string;
  release: number;
  slot: number;
  deployment: string;
  specHash: string;
  image: string;
  /** With secrets among its variables: never to be stored. */
  container: ContainerSpec;
  /** Content of files below /run/secrets, by name. */
  secretFiles: Record<string, string>;
  port: number;
  stopGraceMs: number;
  /** Fence number of the lease under which it is made. */
  fence: number;
  /** Asked again before every call to the engine after the first. @throws SiskinError LEASE_LOST */
  assertHeld: () => Promise<void>;
}

/** What a service's containers look like at a glance. */
export interface Glance {
  replicas: GlancedReplica[];
  /** The names of containers with a replica's labels under a name that is no replica's: copies, or renamed ones. */
  strays: string[];
}

/** The containers of an environment, found by label. All of them throw SiskinError DOCKER_UNAVAILABLE. */
export interface Replicas {
  /** Those with a replica's labels and its name. */
  list(key: EnvironmentKey, service: string): Promise<ObservedReplica[]>;
  /** The services that have containers with a replica's labels, by name. */
  services(key: EnvironmentKey): Promise<string[]>;
  /** Creates and starts the replica; starts it again when it was stopped; done when it runs. @throws SiskinError REPLICA_START_FAILED */
  start(request: ReplicaRequest): Promise<void>;
  /** SIGTERM, then SIGKILL after the grace. Done when it is stopped or gone. */
  stop(key: EnvironmentKey, service: string, replica: string, graceMs: number): Promise<void>;
  remove(key: EnvironmentKey, service: string, replica: string): Promise<void>;
  /** The last lines it printed, control characters stripped, bounded. */
  logTail(key: EnvironmentKey, service: string, replica: string, lines: number): Promise<string[]>;
  /** The same with one question, so with less of each. */
  glance(key: EnvironmentKey, service: string): Promise<Glance>;
  /** Stops and removes a stray, which must still be one. Done when it is gone. */
  removeStray(key: EnvironmentKey, service: string, container: string, graceMs: number): Promise<void>;
}

/** Where a backend's requests come from; validated host and path prefix. */
export interface Route {
  backend: string;
  host: string;
  path: string;
}

/** The router's runtime side. Every call is idempotent and remembered for a cold start. @throws SiskinError ROUTER_UNAVAILABLE, ROUTER_REFUSED */
export interface Router {
  servers(backend: string): Promise<ObservedServer[]>;
  /** Adds a server in maintenance, so that its counters exist before its first request. */
  addServer(backend: string, server: string, address: string, port: number): Promise<void>;
  /** Makes a server it has lead to another address, its state, weight and counters kept. */
  moveServer(backend: string, server: string, address: string, port: number): Promise<void>;
  /** Gives the server its weight (0..256) and new requests. */
  enableServer(backend: string, server: string, weight: number): Promise<void>;
  setWeights(backend: string, weights: Record<string, number>): Promise<void>;
  /** No new requests; those under way finish. */
  drainServer(backend: string, server: string): Promise<void>;
  /** Ends what is still open and deletes the server. */
  removeServer(backend: string, server: string): Promise<void>;
  counters(backend: string): Promise<CounterReading>;
}

/** Prometheus. */
export interface Metrics {
  /** @throws SiskinError METRICS_UNAVAILABLE: never an empty answer for a question it could not answer */
  counters(backend: string): Promise<CounterReading>;
  /** Asks a PromQL query of an `analysis` condition for its one number, now. Never throws. */
  evaluate(query: string): Promise<QueryAnswer>;
}

/**
 * What a condition's query gave: a number; nothing to go by (no series, NaN, Prometheus does not answer); or it is no
 * query for a condition (does not parse, gives several series or a text).
 */
export type QueryAnswer =
  | { kind: 'value'; value: number }
  | { kind: 'no-evidence'; detail: string }
  | { kind: 'refused'; detail: string };

export interface ProbeRequest {
  address: string;
  port: number;
  path: string;
  timeoutMs: number;
}

/** One HTTP GET at a container's own address; redirects are not followed, at most 64 KiB are read. Never throws. */
export interface Prober {
  probe(request: ProbeRequest, signal: AbortSignal): Promise<{ status: number } | { error: string }>;
}

/** The right to act on one environment. Lost when it is not renewed in time; then every call below throws LEASE_LOST. */
export interface Lease {
  readonly fence: number;
  /** Aborted the moment the lease is known to be lost. */
  readonly lost: AbortSignal;
  /** @throws SiskinError LEASE_LOST when another worker holds a higher fence */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

export interface Leases {
  /** @returns null when another worker holds it */
  acquire(key: EnvironmentKey): Promise<Lease | null>;
}

/** What people or newer pushes want of a deployment that runs. */
export type DeploymentCommand = 'cancel' | 'promote' | 'rollback';

/** What the environment is to run, and what runs. */
export interface EnvironmentRecord extends EnvironmentKey {
  /** The newest deployment asked for; null when there never was one. */
  wanted: string | null;
  /** The deployment that a worker took up last: to be brought to its end before any newer one. */
  running: string | null;
  /** The release that serves, null before the first. */
  current: number | null;
  /** The release before it, for a rollback. */
  previous: number | null;
  /** Set while the environment stands still for a person; null while it goes on. */
  frozen: Freeze | null;
}

/** Who or what made an environment stand still. */
export interface Freeze {
  /** The token's name; `siskin` for `onFailure: freeze`. */
  by: string;
  /** One sentence. */
  reason: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** Where Prometheus finds one replica's own metrics. */
export interface ScrapeTarget {
  /** `ip:port` */
  address: string;
  path: string;
  service: string;
  release: number;
  replica: string;
}

/** A release before it has a number. */
export type WantedRelease = Omit<Release, 'release' | 'services' | 'servedWell'> & {
  /** In rollout order. */
  specs: readonly ServiceSpec[];
};

/** The records behind a deployment. Writes carry the lease's fence and are refused (LEASE_LOST) when a higher one exists. */
export interface DeploymentStore {
  environment(key: EnvironmentKey): Promise<EnvironmentRecord>;
  deployment(id: string): Promise<Deployment | null>;
  /** Changes fields of the record; state changes also stand in the journal. */
  update(lease: Lease, id: string, change: Partial<Deployment>): Promise<void>;
  setServing(
    lease: Lease,
    key: EnvironmentKey,
    serving: { current: number | null; previous: number | null },
  ): Promise<void>;

  /** Notes which deployment is taken up. */
  setRunning(lease: Lease, key: EnvironmentKey, id: string): Promise<void>;
  /** Makes the environment stand still; one that does already keeps its reason. */
  freeze(lease: Lease, key: EnvironmentKey, freeze: Freeze): Promise<void>;
  /** Replaces what Prometheus is told to scrape of this environment. */
  setScrapeTargets(lease: Lease, key: EnvironmentKey, targets: ScrapeTarget[]): Promise<void>;

  /**
   * Writes the records of releases that were lost, where there are none; the next numbers of releases and deployments are
   * higher than any of these. @param deployments numbers of deployments that are known to have been
   */
  restoreReleases(
    lease: Lease,
    key: EnvironmentKey,
    releases: Release[],
    deployments: number[],
  ): Promise<void>;

  journal(id: string): Promise<JournalEntry[]>;
  append(lease: Lease, id: string, entries: JournalEntry[]): Promise<void>;
  /** A line of the deployment's log; bounded in length and number. */
  log(id: string, lines: string[]): Promise<void>;
  /** Commands given since the deployment began, oldest first. */
  commands(id: string): Promise<DeploymentCommand[]>;

  /** The release of this commit under this spec, or a new number for it. */
  ensureRelease(lease: Lease, wanted: WantedRelease): Promise<Release>;
  release(key: EnvironmentKey, release: number): Promise<Release | null>;
  releases(key: EnvironmentKey): Promise<Release[]>;
  updateRelease(lease: Lease, release: Release): Promise<void>;
}

/** Tells when an environment's wanted state, or a command for its deployment, has changed. */
export interface Signals {
  /** Calls back soon after every change; the callback must read the state itself. @returns stop listening */
  onChange(key: EnvironmentKey, callback: () => void): () => void;
}

/** Milliseconds that never go back, and the wall clock for people. */
export interface Clock {
  monotonicMs(): number;
  now(): Date;
  /** Resolves after `ms`, or at once when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A branch that moved, as the intake records it. */
export interface PushRecord extends EnvironmentKey {
  delivery: string;
  branch: string;
  sha: string;
  forced: boolean;
  title: string;
  author: string;
  actor: Actor;
}
