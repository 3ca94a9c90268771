import { counterDeltas } from '../../domain/counter-deltas.ts';
import type { JournalEvent } from '../../domain/journal.ts';
import type { Executor, StepContext } from './executor.ts';

/** Failed health checks in a row after which a replica that serves counts as unhealthy. */
const failuresAllowed = 2;

/** One measurement: the counters' deltas, and whether the new replicas still answer their health check. */
export const analyse: Executor<'Analyse'> = async (context) => {
  const { backend, measurer, journal, release, deployment, world } = context;
  const before = measurer.fallbackReason;
  const [reading, unhealthy] = await Promise.all([
    measurer.read(backend, journal.progress.counters),
    checkHealth(context),
  ]);
  if (before === null && measurer.fallbackReason !== null)
    await world.store.log(deployment.id, [`the router's own counters are used: ${measurer.fallbackReason}`]);
  if ('unavailable' in reading) return [{ type: 'no-metrics', detail: reading.unavailable }, ...unhealthy];
  const { progress } = journal;
  const baseline = progress.baseline?.release ?? null;
  const { counts, counters } = counterDeltas(progress.counters, reading, release.release, baseline);
  return [{ type: 'tick', ...counts, source: reading.source, counters }, ...unhealthy];
};

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
