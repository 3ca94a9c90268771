import { parseReplicaName } from './names.ts';
import type { CounterReading, ServerCounters } from './observation.ts';
import type { TickCounts } from './verdict/counts.ts';

/**
 * What the canary (the new release) and the baseline (the old one) answered since the last reading.
 * A server seen for the first time began at zero, for Siskin added it; one whose counter went down was reset,
 * and its delta is its new value; one that is absent from a reading tells nothing.
 *
 * @returns the counts, and the counters to compare the next reading with
 */
export function counterDeltas(
  last: Record<string, ServerCounters>,
  reading: CounterReading,
  release: number,
  baseline: number | null,
): { counts: TickCounts; counters: Record<string, ServerCounters> } {
  const counts: TickCounts = { nc: 0, ec: 0, nb: 0, eb: 0 };
  for (const [server, now] of Object.entries(reading.servers)) {
    const delta = deltaOf(last[server] ?? { requests: 0, errors: 0 }, now);
    const of = parseReplicaName(server)?.release;
    if (of === release) {
      counts.nc += delta.requests;
      counts.ec += delta.errors;
    } else if (of !== undefined && of === baseline) {
      counts.nb += delta.requests;
      counts.eb += delta.errors;
    }
  }
  return { counts, counters: { ...last, ...reading.servers } };
}

function deltaOf(last: ServerCounters, now: ServerCounters): ServerCounters {
  const reset = now.requests < last.requests || now.errors < last.errors;
  return reset ? now : { requests: now.requests - last.requests, errors: now.errors - last.errors };
}
