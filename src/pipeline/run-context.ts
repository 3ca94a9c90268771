import type { Deployment, Release } from '../domain/deployment.ts';
import { backendName, type EnvironmentKey } from '../domain/names.ts';
import type { AppEnvironment } from './app-environment.ts';
import type { Interruptions } from './interruptions.ts';
import type { Journal } from './journal.ts';
import type {
  Clock,
  DeploymentStore,
  Images,
  Lease,
  Metrics,
  Prober,
  Replicas,
  Router,
  Signals,
  Source,
} from './ports.ts';
import type { Secrets } from './secrets.ts';

/** Says what happens, for the operator's log. */
export interface PipelineLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** The world a pipeline works on. */
export interface World {
  store: DeploymentStore;
  signals: Signals;
  source: Source;
  secrets: Secrets;
  images: Images;
  replicas: Replicas;
  router: Router;
  metrics: Metrics;
  prober: Prober;
  clock: Clock;
  log: PipelineLog;
  /** Saves what the operator wants saved before an environment changes; absent or without effect where nothing is. */
  backUpBefore?: (key: EnvironmentKey, deployment: string, tell: (line: string) => void) => Promise<void>;
}

/** One worker's run of one deployment. */
export interface RunContext {
  world: World;
  app: AppEnvironment;
  lease: Lease;
  deployment: Deployment;
  journal: Journal;
  interruptions: Interruptions;
  /** Aborted when this worker closes: the run stops where it stands, and another goes on with it. */
  stop: AbortSignal;
  /** Aborted when work before the rollout need not go on: superseded, cancelled, lease lost, worker closing. */
  work: AbortSignal;
}

/** This worker closes; what it ran is unharmed and goes on elsewhere. */
export class RunStopped extends Error {
  constructor() {
    super('the worker closes');
    this.name = 'RunStopped';
  }
}

/** A run whose release is known. */
export interface RolloutContext extends RunContext {
  release: Release;
  backend: string;
}

export const rolloutContext = (context: RunContext, release: Release): RolloutContext => ({
  ...context,
  release,
  backend: backendName(context.app, release.spec.service),
});
