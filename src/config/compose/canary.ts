import type { CanarySpec } from '../../domain/service-spec.ts';
import type { ReportAt } from './context.ts';
import type { CheckedService } from './service.ts';

/** The canary's thresholds: x-siskin's, else those of `deploy.update_config`, else Siskin's own. */
export function canarySpec(service: CheckedService, report: ReportAt): CanarySpec {
  const { monitor, max_failure_ratio: maxFailureRatio } = service.deploy.update_config;
  const { canary } = service['x-siskin'];
  const maxBakeMs = canary.maxBake ?? monitor ?? 60_000;
  const minBakeMs = canary.minBake ?? Math.min(15_000, maxBakeMs);
  const max5xx = canary.max5xx ?? maxFailureRatio ?? 0.05;
  const limit = maxBakeText(service, maxBakeMs);
  if (minBakeMs > maxBakeMs) report([...keys, 'minBake'], `must not be longer than ${limit}`);
  if (canary.warmup > 0 && canary.warmup >= maxBakeMs)
    report([...keys, 'warmup'], `must be shorter than ${limit}`);
  if (max5xx <= 0 || max5xx >= 1) {
    const rule = 'must be above 0 and below 1, for it is the default of x-siskin.canary.max5xx';
    const key = ['deploy', 'update_config', 'max_failure_ratio'];
    report(key, `${rule}; write for example 0.05, or set that`);
  }
  return {
    share: canary.share,
    warmupMs: canary.warmup,
    minBakeMs,
    maxBakeMs,
    max5xx,
    watchMs: canary.watch,
    compare: canary.compare,
    onNoMetrics: canary.onNoMetrics,
    metricsTimeoutMs: canary.metricsTimeout,
  };
}

const keys = ['x-siskin', 'canary'];

/** "maxBake, which is 60s", or the key that it came from. */
export function maxBakeText(service: CheckedService, maxBakeMs: number): string {
  const { monitor } = service.deploy.update_config;
  const own = service['x-siskin'].canary.maxBake !== undefined || monitor === undefined;
  return `${own ? 'maxBake' : 'deploy.update_config.monitor'}, which is ${maxBakeMs / 1000}s`;
}
