import type { StepOf } from '../rollout/step.ts';

/**
 * One thing to do so that the release that should serve does. Most are the steps of a rollout; nothing of them is
 * recorded, for every fact can be observed again.
 */
export type RepairStep =
  | StepOf<'StartReplica' | 'AddServer' | 'AwaitHealthy' | 'Attach'>
  | StepOf<'Drain' | 'RemoveServer' | 'StopReplica' | 'RemoveReplica'>
  /** Its server leads elsewhere; it is made to lead to it. */
  | { kind: 'MoveServer'; replica: string; address: string }
  /** A container with a replica's labels under a name that Siskin did not give. */
  | { kind: 'RemoveStray'; container: string }
  /** Something ends by itself soon: look again shortly. */
  | { kind: 'Wait' }
  /** Nothing can be done for so long, in ms, unless something happens. */
  | { kind: 'Rest'; ms: number };

export type RepairStepKind = RepairStep['kind'];
export type RepairStepOf<K extends RepairStepKind> = Extract<RepairStep, { kind: K }>;

/** What a repair did, for the log and for counting. */
export type RepairAction =
  /** A container that had ended was started again, or one that never became healthy was stopped for it. */
  | 'replica-restarted'
  /** A container that was gone was made anew. */
  | 'replica-recreated'
  /** A server leads to its replica again, which has another address now. */
  | 'server-readdressed'
  /** A replica gets requests again. */
  | 'server-attached'
  /** A replica that is gone gets no more requests. */
  | 'server-drained'
  /** A server that no record owns left the router. */
  | 'server-removed'
  /** A container that no record owns was removed. */
  | 'container-removed';
