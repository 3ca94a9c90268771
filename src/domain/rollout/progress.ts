import type { Baseline, HoldCause, JournalEntry, JournalEvent, VerdictEvidence } from '../journal.ts';
import type { ServerCounters } from '../observation.ts';
import { addCondition, type ConditionStates } from '../verdict/conditions.ts';
import type { EvidenceTick } from '../verdict/evidence.ts';
import type { RollBackOutcome } from './step.ts';

/** What was decided and done so far: a fold over the deployment's journal. Times in ms on its own clock. */
export interface Progress {
  /** Its rollout has begun. */
  began: boolean;
  phase: 'canary' | 'rolling' | 'watching' | 'rolling-back' | 'finished';
  baseline: Baseline | null;
  skipCanary: boolean;
  /** Why it is held, and since when. */
  held: { cause: HoldCause; since: number } | null;
  /** Since when it stands still for a person. */
  frozenSince: number | null;
  replicas: Record<string, ReplicaProgress>;
  /** The ticks that count: those of the present observation. */
  ticks: TimedTick[];
  conditions: ConditionStates;
  /** When the conditions were last looked at. */
  conditionsAt: number | null;
  /** The raw counters at the last tick; a server that is absent began at zero. */
  counters: Record<string, ServerCounters>;
  /** When something was last measured, or the canary was attached. */
  measuredAt: number | null;
  /** Since when there have been no metrics; null while there are. */
  blindSince: number | null;
  /** Time under observation since the canary was attached, without the time that had no metrics. */
  bakedMs: number;
  /** How many of a person's promotions have been followed. */
  promotesFollowed: number;
  watchingSince: number | null;
  rollBack: { outcome: RollBackOutcome; reason: string; evidence: VerdictEvidence } | null;
}

export interface ReplicaProgress {
  startedAt: number | null;
  healthy: boolean;
  /** What the last failed probe said. */
  unhealthyDetail: string | null;
  smoked: boolean;
  attachedAt: number | null;
  drainBeganAt: number | null;
  /** Its stop was decided, by whichever worker. */
  stopping: boolean;
  /** When the worker that runs now asked for the stop. */
  stopBeganAt: number | null;
  /** Why it may not serve: a failed smoke request, health lost under traffic, could not be brought back. */
  failure: string | null;
}

/** One tick, and the bake time in ms at which it began. */
export interface TimedTick extends EvidenceTick {
  t: number;
}

const freshReplica: ReplicaProgress = {
  startedAt: null,
  healthy: false,
  unhealthyDetail: null,
  smoked: false,
  attachedAt: null,
  drainBeganAt: null,
  stopping: false,
  stopBeganAt: null,
  failure: null,
};

const freshProgress: Progress = {
  began: false,
  phase: 'canary',
  baseline: null,
  skipCanary: false,
  held: null,
  frozenSince: null,
  replicas: {},
  ticks: [],
  conditions: {},
  conditionsAt: null,
  counters: {},
  measuredAt: null,
  blindSince: null,
  bakedMs: 0,
  promotesFollowed: 0,
  watchingSince: null,
  rollBack: null,
};

/**
 * What an entry says to one of several services; undefined when nothing. A rollback is everybody's, but only the service
 * that was found bad leaves in a hurry.
 *
 * @param service null when it is the only one: then everything is its own
 */
export function ownEntry(entry: JournalEntry, service: string | null): JournalEntry | undefined {
  const { event } = entry;
  if (service === null) return entry;
  if (event.type === 'state') return undefined;
  if (event.type === 'run-began' || event.type === 'finished' || event.service === service) return entry;
  if (event.type === 'rollback-began') return { ...entry, event: { ...event, evidence: 'none' } };
  return undefined;
}

/** The progress of one of several services. @param service null when it is the only one */
export const foldService = (journal: readonly JournalEntry[], service: string | null): Progress =>
  foldProgress(journal.flatMap((entry) => ownEntry(entry, service) ?? []));

/** @param journal a deployment's entries, oldest first */
export const foldProgress = (journal: readonly JournalEntry[]): Progress =>
  journal.reduce(advance, freshProgress);

/** What the progress knows of a replica, also of one it has not met. */
export const replicaProgress = (progress: Progress, replica: string): ReplicaProgress =>
  progress.replicas[replica] ?? freshReplica;

/** Progress after one more entry. */
export function advance(progress: Progress, { t, event }: JournalEntry): Progress {
  switch (event.type) {
    case 'rollout-began': {
      const { baseline, skipCanary, counters } = event;
      return { ...freshProgress, began: true, baseline, skipCanary, counters };
    }
    case 'state':
    case 'service-state':
      return entered(progress, t, event);
    case 'observation-began':
      return {
        ...progress,
        replicas: askedAnew(progress.replicas, t),
        ticks: [],
        bakedMs: 0,
        conditions: {},
        conditionsAt: null,
        measuredAt: t,
      };
    case 'condition':
      return { ...progress, conditions: addCondition(progress.conditions, event), conditionsAt: t };
    case 'tick':
      return measured(progress, t, event);
    case 'no-metrics':
      return { ...progress, blindSince: progress.blindSince ?? progress.measuredAt ?? t, measuredAt: t };
    case 'promoted':
      return { ...progress, phase: 'rolling', held: null, promotesFollowed: event.promotes };
    case 'rollback-began': {
      const { outcome, reason, evidence } = event;
      return {
        ...progress,
        phase: 'rolling-back',
        held: null,
        frozenSince: null,
        rollBack: { outcome, reason, evidence },
      };
    }
    case 'finished':
      return { ...progress, phase: 'finished' };
    case 'run-began':
      return { ...progress, replicas: forgetStops(progress.replicas) };
    case 'step-began':
    case 'step-ended':
      return progress;
    default:
      return replicaChanged(progress, t, event);
  }
}

/** Nobody asked a replica while all stood still for a person: its time to become healthy begins now. */
const askedAnew = (replicas: Progress['replicas'], t: number): Progress['replicas'] =>
  Object.fromEntries(
    Object.entries(replicas).map(([name, known]) => [
      name,
      known.startedAt === null || known.healthy ? known : { ...known, startedAt: t },
    ]),
  );

type StateEvent = Extract<JournalEvent, { type: 'state' | 'service-state' }>;

function entered(progress: Progress, t: number, { state, cause }: StateEvent): Progress {
  const held = state === 'held' ? { cause: cause ?? 'baseline', since: t } : null;
  const frozenSince = state === 'frozen' ? t : null;
  const next = { ...progress, held, frozenSince };
  return state === 'watching' ? { ...next, phase: 'watching', watchingSince: t } : next;
}

/** A stop asked for by a worker that died may never have reached the engine: it is asked for again. */
const forgetStops = (replicas: Progress['replicas']): Progress['replicas'] =>
  Object.fromEntries(
    Object.entries(replicas).map(([name, known]) => [name, { ...known, stopBeganAt: null }]),
  );

type ReplicaEvent = Extract<JournalEvent, { replica: string }>;

function replicaChanged(progress: Progress, t: number, event: ReplicaEvent): Progress {
  const before = replicaProgress(progress, event.replica);
  const replicas = { ...progress.replicas, [event.replica]: { ...before, ...replicaChange(t, event) } };
  const firstAttached = event.type === 'replica-attached' && progress.measuredAt === null;
  return { ...progress, replicas, measuredAt: firstAttached ? t : progress.measuredAt };
}

function replicaChange(t: number, event: ReplicaEvent): Partial<ReplicaProgress> {
  switch (event.type) {
    case 'replica-started':
      return { ...freshReplica, startedAt: t };
    case 'replica-healthy':
      return { healthy: true, unhealthyDetail: null };
    case 'replica-unhealthy':
      return { unhealthyDetail: event.detail };
    case 'replica-smoked':
      return { smoked: true };
    case 'replica-attached':
      return { attachedAt: t, drainBeganAt: null };
    case 'drain-began':
      return { drainBeganAt: t };
    case 'stop-began':
      return { stopping: true, stopBeganAt: t };
    case 'replica-failed':
      return { failure: event.detail };
  }
}

function measured(progress: Progress, t: number, tick: Extract<JournalEvent, { type: 'tick' }>): Progress {
  const { nc, ec, nb, eb, counters } = tick;
  const sinceLast = progress.blindSince === null ? t - (progress.measuredAt ?? t) : 0;
  return {
    ...progress,
    ticks: [...progress.ticks, { t, nc, ec, nb, eb, beganMs: progress.bakedMs }],
    counters,
    measuredAt: t,
    blindSince: null,
    bakedMs: progress.bakedMs + sinceLast,
  };
}
