import type { Deployment, Release } from '../domain/deployment.ts';
import { backendName } from '../domain/names.ts';
import type { Accessories } from './accessories/ports.ts';
import type { AppEnvironment } from './app-environment.ts';
import type { Hooks } from './hooks/ports.ts';
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
  hooks: Hooks;
  accessories: Accessories;
  router: Router;
  metrics: Metrics;
  prober: Prober;
  clock: Clock;
  log: PipelineLog;
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
  /** Whether the release's postDeploy is still to end, which the watch waits for. */
  hookRuns?: () => boolean;
}

export const rolloutContext = (context: RunContext, release: Release): RolloutContext => ({
  ...context,
  release,
  backend: backendName(context.app, release.spec.service),
});
