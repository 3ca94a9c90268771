import type { Registry } from 'prom-client';
import { inTime } from './in-time.ts';
import { addGauge, type Sample } from './read-metric.ts';
import type { LastRun, MetricsSources } from './sources.ts';

/** Backups and whatever else is done regularly: how old the last success is, and whether the last run failed. */
export function addRuns(registry: Registry, { lastRuns }: MetricsSources): void {
  if (!lastRuns) return;
  const samples = (value: (run: LastRun) => number | null) => () =>
    Promise.all(
      Object.entries(lastRuns).map(async ([run, read]): Promise<Sample> => {
        const last = await inTime(read, 1_000);
        return [{ run }, last && value(last)];
      }),
    );
  const age = 'Seconds since the last run that succeeded, or, before there was one, since it was to be done.';
  addGauge(registry, { name: 'siskin_run_age_seconds', help: age, labelNames: ['run'] }, samples(ageSeconds));
  const failed = 'Whether the last run that ended had failed, 0 or 1.';
  addGauge(registry, { name: 'siskin_run_failed', help: failed, labelNames: ['run'] }, samples(failure));
}

const ageSeconds = ({ succeededAt, since }: LastRun): number =>
  Math.max(0, (Date.now() - Date.parse(succeededAt ?? since)) / 1_000);

const failure = ({ result }: LastRun): number | null =>
  result === null ? null : Number(result === 'failure');
