/** What a Compose service says, checked against what the operator allows, in Siskin's own units. */
export interface ServiceSpec {
  service: string;
  build: BuildSpec;
  container: ContainerSpec;
  rollout: RolloutSpec;
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
  port: number;
  health: HealthSpec;
  smoke: SmokeSpec[];
  canary: CanarySpec;
  drainTimeoutMs: number;
  /** Time between SIGTERM and SIGKILL. */
  stopGraceMs: number;
}

/** How a replica shows that it can serve: Siskin's own HTTP probe, or the container's health check. */
export type HealthSpec = HttpHealthSpec | ContainerHealthSpec;

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

export interface SmokeSpec {
  path: string;
  /** The HTTP status it must answer. */
  expect: number;
}

export interface CanarySpec {
  /** Share 0..1 of the environment's requests that the canary gets. */
  share: number;
  minBakeMs: number;
  maxBakeMs: number;
  /** theta of VERDICT.md: the highest acceptable share 0..1 of 5xx answers. */
  max5xx: number;
  watchMs: number;
  compare: 'baseline' | 'absolute';
  onNoMetrics: 'hold' | 'rollback' | 'health-only';
  metricsTimeoutMs: number;
}
