import type { JournalEntry, JournalEvent } from '../../src/domain/journal.ts';
import { covered, type Span, united } from './spans.ts';

/** What happened to one release of one replica, told by three witnesses on one clock (ms since the epoch). */
export interface ReleaseRecord {
  /** When the push was recorded. */
  createdAt: number;
  journal: readonly JournalEntry[];
  /** From the engine: when it said that the new container runs, and from when to when it stopped the old one. */
  engine: { started: number; killed: number; stopped: number };
  /** From the new container's log: when the app listened. */
  listening: number;
  /** From the Compose file, in ms: what is waited for because the user asked. */
  asked: { bakeMs: number; watchMs: number };
}

export interface Stage {
  name: string;
  /** In ms. */
  wholeMs: number;
  /** Of it, what Siskin waited for by order or for others. */
  waitedMs: number;
  /** The rest: what Siskin can do something about. */
  ownMs: number;
}

export interface ReleaseStages {
  stages: Stage[];
  totalMs: number;
  ownMs: number;
  /** The times that are not Siskin's own. */
  waits: Span[];
  /** From the record of the push to the deployment's end. */
  whole: Span;
}

/**
 * Breaks a release into stages that follow each other without gap or overlap. Not Siskin's own are: the app's boot,
 * bake and watch as long as they were asked for, the drained replica's last requests, the engine's stop. What a bake or
 * watch lasts beyond what was asked is Siskin's own, and so is what the app boots before the engine says that it runs.
 *
 * @throws Error when the journal lacks a mark: it is not of a good release of one replica beside an old one
 */
export function stagesOf({ createdAt, journal, engine, listening, asked }: ReleaseRecord): ReleaseStages {
  const at = finder(journal);
  const removed = at('step-began', 'RemoveServer');
  const attached = at('replica-attached');
  const watching = at('state', 'watching');
  const boot = { from: Math.min(engine.started, listening), to: listening };
  const bake = { from: attached, to: attached + asked.bakeMs };
  const drain = { from: at('step-ended', 'Drain'), to: removed };
  const stop = { from: engine.killed, to: engine.stopped };
  const watch = { from: watching, to: watching + asked.watchMs };
  const marks: [name: string, from: number, wait?: Span][] = [
    ['queue', createdAt],
    ['fetch', at('run-began')],
    ['context + build', at('state', 'building')],
    ['start', at('state', 'preparing')],
    ['boot', boot.from, boot],
    ['health', listening],
    ['smoke + attach', at('replica-healthy')],
    ['bake', attached, bake],
    ['drain', at('promoted'), drain],
    ['detach', removed],
    ['stop', at('step-began', 'StopReplica'), stop],
    ['watch', watching, watch],
    ['clean up + finish', at('step-began', 'RemoveReplica')],
  ];
  const finished = at('finished');
  const waits = united([boot, bake, drain, stop, watch]);
  const stages = marks.map(([name, from, wait], index) =>
    stage(name, { from, to: marks[index + 1]?.[1] ?? finished }, wait),
  );
  const sum = (of: 'wholeMs' | 'ownMs') => stages.reduce((total, one) => total + one[of], 0);
  const whole = { from: createdAt, to: finished };
  return { stages, totalMs: sum('wholeMs'), ownMs: sum('ownMs'), waits, whole };
}

function stage(name: string, { from, to }: Span, wait: Span | undefined): Stage {
  const wholeMs = to - from;
  const waitedMs = wait ? covered([{ from: Math.max(from, wait.from), to: Math.min(to, wait.to) }]) : 0;
  return { name, wholeMs, waitedMs, ownMs: wholeMs - waitedMs };
}

/** An event's type, then its state or the kind of its step. */
type Mark = [type: JournalEvent['type'], detail?: string];

/** The journal's own clock has fractions of a ms, its wall clock has not: the first entry ties them together. */
function finder(journal: readonly JournalEntry[]): (...mark: Mark) => number {
  const [first] = journal;
  const offset = first ? Date.parse(first.at) - first.t : 0;
  return (...mark) => {
    const entry = journal.find(({ event }) => isMarkedBy(event, mark));
    if (!entry) throw new Error(`the journal lacks the mark ${mark.join(' ')}`);
    return entry.t + offset;
  };
}

function isMarkedBy(event: JournalEvent, [type, detail]: Mark): boolean {
  if (event.type !== type) return false;
  if (event.type === 'state') return event.state === detail;
  if (event.type === 'step-began' || event.type === 'step-ended') return event.step.split(' ')[0] === detail;
  return true;
}
