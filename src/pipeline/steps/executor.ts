import type { JournalEvent } from '../../domain/journal.ts';
import type { Observation } from '../../domain/observation.ts';
import type { StepKind, StepOf } from '../../domain/rollout/step.ts';
import type { ServiceSituation } from '../../domain/rollout-of-all.ts';
import type { RolloutContext } from '../run-context.ts';
import type { HealthPoller } from './health-poller.ts';
import type { Measurer } from './measurer.ts';

/** What an executor may use: the run, what was just observed, and the memory of this run. */
export interface StepContext extends RolloutContext {
  observed: Observation;
  health: HealthPoller;
  measurer: Measurer;
  /** All services of the release as they were just seen, this one among them. */
  all: readonly ServiceSituation[];
}

/** Does a step; done again it does no harm. @returns what has become true, for the journal */
export type Executor<K extends StepKind> = (context: StepContext, step: StepOf<K>) => Promise<JournalEvent[]>;

/** An executor for every kind of step: a missing one does not compile. */
export type Executors = { [K in StepKind]: Executor<K> };
