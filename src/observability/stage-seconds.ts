import { Histogram, type Registry } from 'prom-client';
import { inTime } from './in-time.ts';
import type { StageHistogram } from './sources.ts';

/** The histogram of stage durations, which is counted elsewhere. */
export function addStageSeconds(registry: Registry, read: () => Promise<StageHistogram[]>): void {
  new ReadHistogram(registry, read);
}

const name = 'siskin_deployment_stage_seconds';
const help = 'How long deployments that ended were in a stage, in seconds.';

/** prom-client's histogram can only be observed into, one value at a time: this one is read. */
class ReadHistogram extends Histogram<'stage' | 'le'> {
  readonly #read: () => Promise<StageHistogram[]>;

  constructor(registry: Registry, read: () => Promise<StageHistogram[]>) {
    super({ name, help, labelNames: ['stage'], registers: [registry] });
    this.#read = read;
  }

  /** What the registry and the base class take the samples from. */
  async getForPromString() {
    const values = ((await inTime(this.#read)) ?? []).flatMap(samplesOf);
    return { name, help, type: 'histogram', values, aggregator: 'sum' };
  }
}

function samplesOf({ stage, buckets, sumSeconds }: StageHistogram) {
  let count = 0;
  const cumulative = buckets.map(({ le, count: here }) => {
    count += here;
    const labels = { stage, le: Number.isFinite(le) ? le : '+Inf' };
    return { metricName: `${name}_bucket`, labels, value: count };
  });
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels: { stage }, value: sumSeconds },
    { metricName: `${name}_count`, labels: { stage }, value: count },
  ];
}
