import type { GlancedReplica, ObservedServer } from '../observation.ts';
import type { RepairStep } from './repair-step.ts';

/** What is remembered of one replica between two looks. Times in ms on a clock that never goes back. */
export interface ReplicaNotes {
  /** How often Siskin has started it lately, and when it did so last. */
  starts: number;
  startedAt: number | null;
  /** The engine would not start it: its container is to be made anew. */
  refused: boolean;
  /** Since when it runs and does not serve; since when it does not run. */
  unservedSince: number | null;
  downSince: number | null;
  /** The address at which it was found healthy. */
  healthyAt: string | null;
  drainBeganAt: number | null;
  stopBeganAt: number | null;
}

/** By replica name. Nothing of it need survive a crash: without it, waiting begins anew. */
export type RepairNotes = ReadonlyMap<string, ReplicaNotes>;

const noNotes: ReplicaNotes = {
  starts: 0,
  startedAt: null,
  refused: false,
  unservedSince: null,
  downSince: null,
  healthyAt: null,
  drainBeganAt: null,
  stopBeganAt: null,
};

export const notesOf = (notes: RepairNotes, replica: string): ReplicaNotes => notes.get(replica) ?? noNotes;

const firstBackoffMs = 1_000;
const lastBackoffMs = 60_000;
/** One that ran for so long has not failed to start; Docker's own restarts count the same. */
const steadyAfterMs = 10_000;

/** Time in ms until this replica may be started: at once at first, then after 1 s, 2 s, … 60 s. */
export function startDueInMs({ starts, startedAt }: ReplicaNotes, t: number): number {
  if (startedAt === null) return 0;
  const backoffMs = Math.min(lastBackoffMs, firstBackoffMs * 2 ** (starts - 1));
  return Math.max(0, startedAt + backoffMs - t);
}

/** The notes after a look. */
export function noteObservation(
  notes: RepairNotes,
  { replicas, servers }: { replicas: readonly GlancedReplica[]; servers: readonly ObservedServer[] },
  t: number,
): RepairNotes {
  const found = new Map(replicas.map((replica) => [replica.name, replica]));
  const known = new Map(servers.map((server) => [server.name, server]));
  const next = new Map<string, ReplicaNotes>();
  for (const name of new Set([...notes.keys(), ...found.keys(), ...known.keys()])) {
    const replica = found.get(name);
    const before = notesOf(notes, name);
    const ended = replica?.status !== 'running' && before.downSince === null;
    const after = seen(ended ? withRun(before, t) : before, replica, known.get(name), t);
    if (replica || known.has(name) || after.startedAt !== null) next.set(name, after);
  }
  return next;
}

/** The notes of a replica that ran until now. */
const withRun = (notes: ReplicaNotes, t: number): ReplicaNotes =>
  t - (notes.startedAt ?? t) > steadyAfterMs ? { ...notes, starts: 0, startedAt: null } : notes;

function seen(
  notes: ReplicaNotes,
  replica: GlancedReplica | undefined,
  server: ObservedServer | undefined,
  t: number,
): ReplicaNotes {
  const running = replica?.status === 'running';
  const serving = running && server?.state === 'ready' && server.address === replica.address;
  return {
    ...notes,
    unservedSince: running && !serving ? (notes.unservedSince ?? t) : null,
    downSince: running ? null : (notes.downSince ?? t),
    healthyAt: running && notes.healthyAt === replica.address ? notes.healthyAt : null,
    drainBeganAt: server?.state === 'drain' ? (notes.drainBeganAt ?? t) : null,
    stopBeganAt: running || replica?.status === 'restarting' ? notes.stopBeganAt : null,
  };
}

/** What a step has become: who is healthy now, or that the engine refused a start. */
export interface StepResult {
  healthy?: { replica: string; address: string }[];
  refused?: boolean;
}

/** The notes after a step. */
export function noteStep(notes: RepairNotes, step: RepairStep, result: StepResult, t: number): RepairNotes {
  const next = new Map(notes);
  const note = (replica: string, change: Partial<ReplicaNotes>) =>
    next.set(replica, { ...notesOf(next, replica), ...change });
  if (step.kind === 'StartReplica') {
    const starts = notesOf(notes, step.replica).starts + 1;
    const began = { starts, startedAt: t, unservedSince: null, healthyAt: null, stopBeganAt: null };
    note(step.replica, { ...began, refused: result.refused ?? false });
  }
  if (step.kind === 'StopReplica') note(step.replica, { stopBeganAt: t });
  if (step.kind === 'RemoveReplica') note(step.replica, { refused: false });
  for (const { replica, address } of result.healthy ?? []) note(replica, { healthyAt: address });
  return next;
}
