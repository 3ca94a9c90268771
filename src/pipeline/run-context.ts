import type { Deployment, Release } from '../domain/deployment.ts';
import { backendName, type EnvironmentKey } from '../domain/names.ts';
import { type ServiceRelease, serviceReleases } from '../domain/release.ts';
import type { Accessories } from './accessories/ports.ts';
import type { AppEnvironment } from './app-environment.ts';
import type { Hooks } from './hooks/ports.ts';
import type { Interruptions } from './interruptions.ts';
import type { Journal, ServiceJournal } from './journal.ts';
import { noRouter } from './no-router.ts';
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
  /**
   * Saves what the operator wants saved before an environment changes; absent or without effect where nothing is.
   * @throws the signal's reason when aborted; then nothing is left of it
   */
  backUpBefore?: (
    key: EnvironmentKey,
    deployment: string,
    tell: (line: string) => void,
    signal: AbortSignal,
  ) => Promise<void>;
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
  /** Whether the release's postDeploy is still to end, which the watch waits for. */
  hookRuns?: () => boolean;
}

/** This worker closes; what it ran is unharmed and goes on elsewhere. */
export class RunStopped extends Error {
  constructor() {
    super('the worker closes');
    this.name = 'RunStopped';
  }
}

/** A run whose release is known, as one of its services sees it. */
export interface RolloutContext extends Omit<RunContext, 'journal'> {
  journal: ServiceJournal;
  release: ServiceRelease;
  /** All services of the release. */
  whole: Release;
  backend: string;
}

/** The run of each service, in rollout order. */
export function rolloutContexts(context: RunContext, whole: Release): RolloutContext[] {
  const alone = whole.services.length === 1;
  return serviceReleases(whole).map((release) => ({
    ...context,
    world: release.spec.rollout.worker ? { ...context.world, router: noRouter } : context.world,
    journal: context.journal.of(alone ? null : release.spec.service),
    release,
    whole,
    backend: backendName(context.app, release.spec.service),
  }));
}
