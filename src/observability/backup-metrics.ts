import type { Registry } from 'prom-client';
import { addGauge } from './read-metric.ts';
import type { MetricsSources } from './sources.ts';

/** How the last backup went. Before there was one, there are no samples. */
export function addBackups(registry: Registry, { backups }: MetricsSources): void {
  if (!backups) return;
  const success = 'When the last good backup was made, in seconds since 1970.';
  addGauge(registry, { name: 'siskin_backup_last_success_timestamp_seconds', help: success }, async () => [
    [{}, (await backups()).succeededAt],
  ]);
  const result = 'Whether the last backup that ended was good: 1, or failed: 0.';
  addGauge(registry, { name: 'siskin_backup_last_result', help: result }, async () => [
    [{}, (await backups()).result],
  ]);
}
