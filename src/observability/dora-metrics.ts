import type { Registry } from 'prom-client';
import type { DoraFigures } from '../domain/dora.ts';
import { addGauge } from './read-metric.ts';
import { remembered } from './remembered.ts';
import type { MetricsSources } from './sources.ts';

const gauges = {
  deploymentsPerDay: {
    name: 'siskin_dora_deployments_per_day',
    help: 'Deployments a day that reached traffic and succeeded, over the last 30 days.',
  },
  leadTimeSeconds: {
    name: 'siskin_dora_lead_time_seconds',
    help: 'Median seconds from the push to all traffic, of the last 30 days.',
  },
  changeFailureShare: {
    name: 'siskin_dora_change_failure_share',
    help: 'Share of the deployments that reached traffic and failed or were rolled back, of the last 30 days.',
  },
  timeToRestoreSeconds: {
    name: 'siskin_dora_time_to_restore_seconds',
    help: 'Median seconds from a failure to the next success, of the last 30 days.',
  },
} as const satisfies Record<keyof DoraFigures, { name: string; help: string }>;

/** The figures of a month change slowly. */
const rememberedMs = 60_000;

/** The four DORA figures of each environment; one that has nothing to go by is absent. */
export function addDora(registry: Registry, { dora }: MetricsSources): void {
  if (!dora) return;
  const read = remembered(dora, rememberedMs);
  for (const figure of [
    'deploymentsPerDay',
    'leadTimeSeconds',
    'changeFailureShare',
    'timeToRestoreSeconds',
  ] as const)
    addGauge(registry, { ...gauges[figure], labelNames: ['app', 'environment'] }, async () =>
      (await read()).map(({ app, environment, ...figures }) => [{ app, environment }, figures[figure]]),
    );
}
