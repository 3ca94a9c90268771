import { z } from 'zod';
import { endStates } from '../../domain/deployment.ts';
import type { DeploymentEvent } from '../client/deployment-events.ts';
import type { CanaryCounts } from '../view/canary-counts.ts';
import { journalSentence } from '../view/journal-line.ts';

export interface LiveStage {
  name: string;
  /** ms since the epoch, on the server's clock. */
  startedAt: number;
  endedAt: number | null;
  outcome: 'running' | 'ok' | 'failed';
}

/** What a person who waits for a deployment is shown: the fold of its events. */
export interface LiveProgress {
  stages: readonly LiveStage[];
  /** The newest lines of the build's output. */
  lines: readonly string[];
  /** What it did last, as a sentence. */
  doing: string | null;
  /** Since counting began, or since the watch did. */
  counts: CanaryCounts | null;
  /** The newest U, V and D; null for a server that does not tell. */
  measures: z.infer<typeof measuresSchema> | null;
  policy: z.infer<typeof policySchema> | null;
  /** On the deployment's clock, in ms. */
  countedSince: number | null;
  t: number;
  conditions: ReadonlyMap<string, { outcome: string; detail: string }>;
  end: { state: string; reason: string | null } | null;
}

export const freshProgress: LiveProgress = {
  stages: [],
  lines: [],
  doing: null,
  counts: null,
  measures: null,
  policy: null,
  countedSince: null,
  t: 0,
  conditions: new Map(),
  end: null,
};

const keptLines = 6;

/** The progress after one more event. Kinds of a newer server, and fields that are not as expected, change nothing. */
export function advanceLive(progress: LiveProgress, event: DeploymentEvent): LiveProgress {
  switch (event.kind) {
    case 'log':
      return { ...progress, lines: [...progress.lines, event.line].slice(-keptLines) };
    case 'end': {
      // The end has no time of its own: a stage that the journal left open ends where it began.
      const stages = closed(progress.stages, progress.stages.at(-1)?.startedAt ?? 0, event.state);
      return { ...progress, stages, end: { state: event.state, reason: event.reason } };
    }
    case 'journal':
      return noteEntry({ ...progress, t: event.t }, event.event, event.t, Date.parse(event.at));
  }
}

const measuresSchema = z.object({ u: z.number(), v: z.number(), d: z.number() });
const policySchema = z.object({
  share: z.number(),
  minBakeMs: z.number(),
  maxBakeMs: z.number(),
  watchMs: z.number(),
  compare: z.enum(['baseline', 'absolute']),
});
const schemas = {
  state: z.object({ state: z.string() }),
  began: z.object({ policy: policySchema }),
  tick: z.object({
    nc: z.number(),
    ec: z.number(),
    nb: z.number(),
    eb: z.number(),
    measures: measuresSchema.optional(),
  }),
  condition: z.object({ name: z.string(), outcome: z.string(), detail: z.string() }),
  finished: z.object({ outcome: z.string() }),
};

type Entry = { type: string } & Record<string, unknown>;

function noteEntry(progress: LiveProgress, entry: Entry, t: number, at: number): LiveProgress {
  const told = { ...progress, doing: doingOf(entry) ?? progress.doing };
  switch (entry.type) {
    case 'state': {
      const state = schemas.state.safeParse(entry);
      return state.success ? enter(told, state.data.state, at) : told;
    }
    case 'rollback-began':
      return { ...enter(told, 'rolling_back', at, 'failed'), doing: doingOf(entry) };
    case 'rollout-began': {
      const began = schemas.began.safeParse(entry);
      const anew = { ...told, counts: null, countedSince: null, measures: null };
      return began.success ? { ...anew, policy: began.data.policy } : told;
    }
    case 'observation-began':
      return { ...told, counts: null, countedSince: null, measures: null };
    case 'tick':
      return count(told, entry, t);
    case 'condition': {
      const said = schemas.condition.safeParse(entry);
      if (!said.success) return told;
      const { name, ...rest } = said.data;
      return { ...told, conditions: new Map([...told.conditions, [name, rest]]) };
    }
    case 'finished': {
      const { data } = schemas.finished.safeParse(entry);
      return { ...told, stages: closed(told.stages, at, data?.outcome ?? 'failed') };
    }
    default:
      return told;
  }
}

/** Counts, conditions and stages have places of their own. */
const withoutSentence = new Set(['tick', 'condition', 'state', 'finished']);
const doingOf = (entry: Entry): string | null =>
  withoutSentence.has(entry.type) ? null : journalSentence(entry);

/** @param left how the stage is marked that is left */
function enter(progress: LiveProgress, state: string, at: number, left = 'ok'): LiveProgress {
  const last = progress.stages.at(-1);
  if (last?.name === state && last.endedAt === null) return progress;
  if (endNames.has(state)) return { ...progress, stages: closed(progress.stages, at, state) };
  const stage = { name: state, startedAt: at, endedAt: null, outcome: 'running' as const };
  const stages = [...closed(progress.stages, at, left), stage];
  const counts = state === 'watching' ? null : progress.counts;
  return { ...progress, doing: null, counts, stages };
}

const endNames: ReadonlySet<string> = new Set(endStates);

/** A rollback that came to its end did what it was to do, whatever became of the deployment. */
const closed = (stages: readonly LiveStage[], at: number, outcome: string): LiveStage[] =>
  stages.map((stage) => {
    if (stage.endedAt !== null) return stage;
    const ok = outcome === 'ok' || outcome === 'succeeded' || stage.name === 'rolling_back';
    return { ...stage, endedAt: at, outcome: ok ? 'ok' : 'failed' };
  });

function count(progress: LiveProgress, entry: Entry, t: number): LiveProgress {
  const { data } = schemas.tick.safeParse(entry);
  if (data === undefined) return progress;
  const before = progress.counts ?? { requests: 0, failed: 0, baselineRequests: 0, baselineFailed: 0 };
  return {
    ...progress,
    countedSince: progress.countedSince ?? t,
    measures: data.measures ?? null,
    counts: {
      requests: before.requests + data.nc,
      failed: before.failed + data.ec,
      baselineRequests: before.baselineRequests + data.nb,
      baselineFailed: before.baselineFailed + data.eb,
    },
  };
}
