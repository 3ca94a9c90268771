import type { DeploymentState, EndState } from '../domain/deployment.ts';
import type { DoraFigures } from '../domain/dora.ts';
import type { EnvironmentKey } from '../domain/names.ts';
import type { DeploymentStage } from '../domain/stage-durations.ts';

/**
 * What the metrics are read from at each scrape. What cannot be read is absent from the answer; what is not given has no
 * metric.
 */
export interface MetricsSources {
  /** Wake-ups in the queue. */
  queueDepth?: () => Promise<{ waiting: number; delayed: number; active: number }>;
  /** How long the oldest of them waits, in seconds. */
  queueAge?: () => Promise<number>;
  /** Environments that some worker works on. */
  leases?: () => Promise<number>;
  outcomes?: () => Promise<(EnvironmentKey & { outcome: EndState; count: number })[]>;
  /** Deployments that have not ended, in the states that they are in. */
  unfinished?: () => Promise<(EnvironmentKey & { state: DeploymentState })[]>;
  stages?: () => Promise<StageHistogram[]>;
  /** What the reconcilers did, by action. */
  reconcileActions?: () => Promise<Record<string, number>>;
  /** Deliveries of notices, by channel and outcome. */
  notices?: () => Promise<{ channel: string; outcome: string; count: number }[]>;
  /** Deployments of which something was not told yet. */
  untold?: () => Promise<number>;
  dora?: () => Promise<(EnvironmentKey & DoraFigures)[]>;
  /** Seconds until the certificates of the front's hosts expire; null: the host has none. */
  certificates?: () => Promise<{ host: string; secondsLeft: number | null }[]>;
  /** Free shares of disks, 0 to 1, by what lies on them. */
  disks?: Readonly<Record<string, () => Promise<number>>>;
}

/** How long deployments were in one stage. `buckets` are in order, not cumulative, and the last has no bound. */
export interface StageHistogram {
  stage: DeploymentStage;
  buckets: { le: number; count: number }[];
  sumSeconds: number;
}
