import { counterDeltas } from '../../domain/counter-deltas.ts';
import type { JournalEvent } from '../../domain/journal.ts';
import type { CounterReading } from '../../domain/observation.ts';
import { measuresNow } from '../../domain/rollout/analysis.ts';
import { advance } from '../../domain/rollout/progress.ts';
import { lookAtConditions } from './conditions.ts';
import type { Executor, StepContext } from './executor.ts';

/** Failed health checks in a row after which a replica that serves counts as unhealthy. */
const failuresAllowed = 2;

/**
 * One measurement: the counters' deltas, whether the new replicas still answer their health check, and now and then
 * what the app's own conditions say.
 */
export const analyse: Executor<'Analyse'> = async (context) => {
  const { backend, measurer, journal, deployment, world, observed } = context;
  const before = measurer.fallbackReason;
  const serving = observed.servers.filter(({ state }) => state === 'ready').map(({ name }) => name);
  const [reading, unhealthy, conditions] = await Promise.all([
    measurer.read(backend, journal.progress.counters, serving),
    checkHealth(context),
    lookAtConditions(context),
  ]);
  if (before === null && measurer.fallbackReason !== null)
    await world.store.log(deployment.id, [`the router's own counters are used: ${measurer.fallbackReason}`]);
  const counted: JournalEvent =
    'unavailable' in reading ? { type: 'no-metrics', detail: reading.unavailable } : tickOf(context, reading);
  return [counted, ...conditions, ...unhealthy];
};

/** The tick, with the evidence as it is with it. */
function tickOf({ journal, release }: StepContext, reading: CounterReading): JournalEvent {
  const { progress, clock } = journal;
  const baseline = progress.baseline?.release ?? null;
  const { counts, counters } = counterDeltas(progress.counters, reading, release.release, baseline);
  const tick = { type: 'tick' as const, ...counts, source: reading.source, counters, measures: noMeasures };
  const after = advance(progress, { t: clock.t(), at: clock.at(), event: tick });
  const { u, v, d } = measuresNow(after, release.spec.rollout);
  return { ...tick, measures: { u: shortened(u), v: shortened(v), d: shortened(d) } };
}

const noMeasures = { u: 1, v: 1, d: 1 };

/** Four digits are enough for people. */
const shortened = (value: number): number => Number(value.toPrecision(4));

async function checkHealth(context: StepContext): Promise<JournalEvent[]> {
  const { observed, release, health, lease } = context;
  const { rollout } = release.spec;
  const spec = rollout.health;
  if (spec.kind !== 'http') return [];
  const serving = observed.replicas.filter(
    ({ name, release: of, status }) =>
      of === release.release &&
      status === 'running' &&
      observed.servers.some((server) => server.name === name && server.state === 'ready'),
  );
  const events = await Promise.all(
    serving.map(async (replica): Promise<JournalEvent[]> => {
      const { failures, detail } = await health.check(replica, rollout.port, spec, lease.lost);
      if (failures <= failuresAllowed || detail === null) return [];
      return [{ type: 'replica-failed', replica: replica.name, detail: `turned unhealthy: ${detail}` }];
    }),
  );
  return events.flat();
}
