import type { DeploymentState, EndState } from './deployment.ts';
import type { CounterReading, ServerCounters } from './observation.ts';
import type { CanarySpec } from './service-spec.ts';
import type { Measures } from './verdict/measures.ts';

/**
 * What happened in a deployment, in order. Progress, steps and verdict are folds over it, so a process that
 * takes a deployment over knows what the one before it had decided.
 */
export type JournalEvent = JournalFact & {
  /** The service that it concerns; absent when it is the only one, and where it concerns all. */
  service?: string;
};

type JournalFact =
  | { type: 'state'; state: DeploymentState; reason?: string; cause?: HoldCause }
  /** Where one of several services stands; `state` is that of all together. */
  | { type: 'service-state'; state: DeploymentState; reason?: string; cause?: HoldCause }
  /** What was counted before does not count any more: the old release had failed too, or a person unfroze it. */
  | { type: 'observation-began' }
  /** A worker took the deployment up, for the first time or after another. */
  | { type: 'run-began' }
  | { type: 'step-began'; step: string }
  | { type: 'step-ended'; step: string; outcome: 'ok' | 'failed'; detail?: string }
  | {
      type: 'rollout-began';
      baseline: Baseline | null;
      skipCanary: boolean;
      /** What had been counted before: the baseline's past is no evidence. */
      counters: Record<string, ServerCounters>;
      /** What it is judged by. */
      policy: CanaryPolicy;
    }
  | { type: 'replica-started'; replica: string }
  | { type: 'replica-healthy'; replica: string }
  | { type: 'replica-unhealthy'; replica: string; detail: string }
  | { type: 'replica-smoked'; replica: string }
  | { type: 'replica-attached'; replica: string }
  | { type: 'drain-began'; replica: string }
  | { type: 'stop-began'; replica: string }
  | { type: 'replica-failed'; replica: string; detail: string }
  | ({ type: 'tick' } & Tick)
  | { type: 'no-metrics'; detail: string }
  | ({ type: 'condition' } & ConditionResult)
  /** `promotes`: how many of a person's promotions are followed by it and what was before. */
  | { type: 'promoted'; reason: string; evidence: VerdictEvidence; promotes: number }
  | {
      type: 'rollback-began';
      outcome: Exclude<EndState, 'succeeded'>;
      reason: string;
      evidence: VerdictEvidence;
    }
  | { type: 'finished'; outcome: EndState; reason: string };

/** A journal entry as stored. */
export interface JournalEntry {
  /** Milliseconds on the deployment's own clock: monotonic, counts only time in which a worker ran it. */
  t: number;
  /** Wall clock, ISO 8601, for people. */
  at: string;
  event: JournalEvent;
}

/** The replicas that served when the rollout began; a rollback restores exactly these. */
export interface Baseline {
  release: number;
  slots: number[];
}

/** One measurement: what was counted since the last one. `t` in ms on the deployment's clock. */
export interface Tick {
  /** Requests and 5xx of the canary (the new release), then of the baseline (the old one), since the last tick. */
  nc: number;
  ec: number;
  nb: number;
  eb: number;
  source: CounterReading['source'];
  /** The raw counters at this tick, from which the next one's deltas are taken. */
  counters: Record<string, ServerCounters>;
  /** The evidence after this tick, for people; the decision rebuilds its own from the counts. */
  measures: Measures;
}

/** What one PromQL condition said at one look. */
export interface ConditionResult {
  name: string;
  outcome: 'met' | 'violated' | 'no-evidence';
  /** The number that the query gave; absent without evidence. */
  value?: number;
  /** "0.83, above its max 0.5", or why there is no evidence. */
  detail: string;
}

/** The thresholds of a deployment's verdict, noted at its beginning. */
export interface CanaryPolicy extends CanarySpec {
  /** Replicas of both arms together while the canary runs. */
  replicas: number;
}

/** Why a deployment is held: the old release fails as well, or nobody knows. */
export type HoldCause = 'baseline' | 'no-metrics';

export type VerdictEvidence = 'strong' | 'low' | 'none' | 'hard-signal' | 'skipped';
