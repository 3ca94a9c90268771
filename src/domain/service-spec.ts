import type { HooksSpec } from './hooks.ts';
import type { ReleaseSecrets } from './secret-use.ts';

/** What a Compose service says, checked against what the operator allows, in Siskin's own units. */
export interface ServiceSpec {
  service: string;
  build: BuildSpec;
  container: ContainerSpec;
  rollout: RolloutSpec;
  /** Absent when siskin.yaml gives the environment none. */
  secrets?: ReleaseSecrets;
  /** Absent when the service has none. */
  hooks?: HooksSpec;
}

export interface BuildSpec {
  /** Folder inside the repository, `.` for its root. */
  context: string;
  /** Path of the Dockerfile, relative to the context. */
  dockerfile: string;
  target?: string;
  args: Record<string, string>;
}

export interface Mount {
  type: 'volume' | 'bind';
  source: string;
  target: string;
  readOnly: boolean;
}

export interface ContainerSpec {
  environment: Record<string, string>;
  command?: string[];
  entrypoint?: string[];
  workingDir?: string;
  user?: string;
  readOnly: boolean;
  mounts: Mount[];
  /** Existing networks it joins besides the environment's own, by the name Docker knows. */
  networks?: string[];
  tmpfs: string[];
  ulimits: { name: string; soft: number; hard: number }[];
  memoryLimitBytes?: number;
  memoryReservationBytes?: number;
  nanoCpus?: number;
  logging: { driver: string; options: Record<string, string> };
  restart: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  /** Compose's own health check; used when there is no `x-siskin.health`. */
  healthcheck?: ContainerHealthcheck;
  labels: Record<string, string>;
}

export interface ContainerHealthcheck {
  test: string[];
  intervalMs: number;
  timeoutMs: number;
  startPeriodMs: number;
  retries: number;
}

export interface RolloutSpec {
  replicas: number;
  order: 'start-first' | 'stop-first';
  parallelism: number;
  /** A worker answers no requests: the router does not know it, and its `port` is 0. */
  worker?: true;
  port: number;
  health: HealthSpec;
  smoke: SmokeSpec[];
  canary: CanarySpec;
  analysis: AnalysisSpec[];
  /** Where the app tells its own metrics; absent when it has none. */
  metrics?: MetricsSpec;
  /** What a bad release leads to: back at once, or standing still for a person. */
  onFailure: 'rollback' | 'freeze';
  drainTimeoutMs: number;
  /** Time between SIGTERM and SIGKILL. */
  stopGraceMs: number;
}

/** How a replica shows that it can serve: Siskin's own HTTP probe, or the container's health check. */
export type HealthSpec = HttpHealthSpec | ContainerHealthSpec | RunningHealthSpec;

export interface HttpHealthSpec {
  kind: 'http';
  path: string;
  intervalMs: number;
  timeoutMs: number;
  /** How long a replica may take to become healthy, from its start. */
  startPeriodMs: number;
  /** Successes in a row that make a replica healthy. */
  healthyAfter: number;
}

export interface ContainerHealthSpec {
  kind: 'container';
  startPeriodMs: number;
}

/** For a worker without a health check: it runs for so long without a restart. */
export interface RunningHealthSpec {
  kind: 'running';
  steadyMs: number;
  startPeriodMs: number;
}

export interface SmokeSpec {
  path: string;
  /** The HTTP status it must answer. */
  expect: number;
}

export interface CanarySpec {
  /** Share 0..1 of the environment's requests that the canary gets. */
  share: number;
  /** Time from the canary's first request in which only a rate above 50 % counts against it. */
  warmupMs: number;
  minBakeMs: number;
  maxBakeMs: number;
  /** theta of VERDICT.md: the highest acceptable share 0..1 of 5xx answers. */
  max5xx: number;
  watchMs: number;
  compare: 'baseline' | 'absolute';
  onNoMetrics: 'hold' | 'rollback' | 'health-only';
  metricsTimeoutMs: number;
}

/** One condition on a PromQL query, beside the verdict on 5xx. At least one of `min` and `max` is given. */
export interface AnalysisSpec {
  name: string;
  /** With placeholders such as {{app}}: see analysis-query.ts. */
  query: string;
  min?: number;
  max?: number;
  /** Violations in a row after which the release is bad. */
  failures: number;
  /** The longest range the query looks back over, in ms; 0 when it looks at now only. */
  windowMs: number;
}

/** The app's own metrics endpoint, scraped through `/sd/prometheus`. */
export interface MetricsSpec {
  path: string;
  port: number;
}
