import { Counter, Gauge, type Registry } from 'prom-client';
import { inTime } from './in-time.ts';

export interface ReadMetric {
  name: string;
  help: string;
  labelNames?: readonly string[];
}

/** Labels and value; a value that is null is absent. */
export type Sample = [labels: Record<string, string>, value: number | null];

/** A gauge that is read when it is scraped, and has no samples when it cannot be read. */
export function addGauge(registry: Registry, metric: ReadMetric, read: () => Promise<Sample[]>): void {
  new Gauge({
    ...metric,
    registers: [registry],
    async collect() {
      const samples = present(await inTime(read));
      empty(this, metric);
      for (const [labels, value] of samples) this.set(labels, value);
    },
  });
}

/** A counter that is kept elsewhere, likewise. */
export function addCounter(registry: Registry, metric: ReadMetric, read: () => Promise<Sample[]>): void {
  new Counter({
    ...metric,
    registers: [registry],
    async collect() {
      const samples = present(await inTime(read));
      empty(this, metric);
      for (const [labels, value] of samples) this.inc(labels, value);
    },
  });
}

const present = (samples: Sample[] | null): [Record<string, string>, number][] =>
  (samples ?? []).flatMap(([labels, value]) => (value === null ? [] : [[labels, value]]));

/** prom-client's reset() leaves a metric without labels at 0, which would be said of what nobody could read. */
function empty(metric: { reset(): void; remove(): void }, { labelNames = [] }: ReadMetric): void {
  metric.reset();
  if (labelNames.length === 0) metric.remove();
}
