import type { EndState } from '../deployment.ts';
import type { HoldCause, VerdictEvidence } from '../journal.ts';

/** One thing to do next. Steps are idempotent: a step that was done is done again without harm. */
export type Step =
  | { kind: 'StartReplica'; replica: string; release: number; slot: number }
  /** Known to the router, in maintenance: its counters exist at zero before its first request. */
  | { kind: 'AddServer'; replica: string; address: string }
  | { kind: 'AwaitHealthy'; replicas: { replica: string; address: string }[] }
  | { kind: 'Smoke'; replica: string; address: string }
  | { kind: 'Attach'; replica: string; weight: number }
  | { kind: 'SetShare'; weights: Record<string, number> }
  | { kind: 'Drain'; replica: string }
  | { kind: 'RemoveServer'; replica: string }
  | { kind: 'StopReplica'; replica: string }
  | { kind: 'RemoveReplica'; replica: string }
  | { kind: 'Analyse' }
  | { kind: 'Hold'; cause: HoldCause; reason: string }
  /** `anew`: what was counted before does not count any more. */
  | { kind: 'Resume'; anew: boolean }
  /** Stands still until a person says how to go on. */
  | { kind: 'Freeze'; reason: string }
  | { kind: 'Thaw'; state: 'preparing' | 'canary' | 'rolling' | 'watching' }
  | { kind: 'Promote'; reason: string; evidence: VerdictEvidence; promotes: number }
  | { kind: 'Watch' }
  | { kind: 'RollBack'; outcome: RollBackOutcome; reason: string; evidence: VerdictEvidence }
  | { kind: 'GiveUp'; replica: string; detail: string }
  | { kind: 'Finish'; outcome: EndState; reason: string }
  | { kind: 'Wait'; why: string };

export type StepKind = Step['kind'];
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;
export type RollBackOutcome = Exclude<EndState, 'succeeded'>;

/** How a step is named in the journal and in `siskin show`; undefined for those that only pass time. */
export function stepName(step: Step): string | undefined {
  switch (step.kind) {
    case 'AwaitHealthy':
    case 'Analyse':
    case 'Wait':
      return undefined;
    case 'StartReplica':
    case 'AddServer':
    case 'Smoke':
    case 'Attach':
    case 'Drain':
    case 'RemoveServer':
    case 'StopReplica':
    case 'RemoveReplica':
    case 'GiveUp':
      return `${step.kind} ${step.replica}`;
    case 'SetShare':
    case 'Hold':
    case 'Resume':
    case 'Freeze':
    case 'Thaw':
    case 'Promote':
    case 'Watch':
    case 'RollBack':
    case 'Finish':
      return step.kind;
  }
}
