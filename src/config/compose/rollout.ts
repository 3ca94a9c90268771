import type { CanarySpec, HealthSpec, RolloutSpec } from '../../domain/service-spec.ts';
import type { CheckedService } from './service.ts';

/** Reports a mistake at a key of the service, e.g. `['x-siskin', 'port']`. */
export type ReportAt = (path: string[], message: string) => void;

/**
 * How the service is rolled out. Where x-siskin says nothing, `deploy.update_config` does; what needs two keys to
 * be judged is judged here and reported.
 */
export function rolloutSpec(service: CheckedService, report: ReportAt): RolloutSpec {
  const { replicas, update_config: update } = service.deploy;
  const siskin = service['x-siskin'];
  return {
    replicas,
    order: update.order,
    // as in Compose, 0 means all at once
    parallelism: update.parallelism === 0 ? replicas : update.parallelism,
    port: siskin.port ?? service.expose[0] ?? 0,
    health: healthSpec(service),
    smoke: siskin.smoke,
    canary: canarySpec(service, report),
    drainTimeoutMs: siskin.drain.timeout,
    stopGraceMs: service.stop_grace_period,
  };
}

const containerStartPeriodMs = 120_000;

function healthSpec({ 'x-siskin': { health }, healthcheck }: CheckedService): HealthSpec {
  if (health) {
    return {
      kind: 'http',
      path: health.path,
      intervalMs: health.interval,
      timeoutMs: health.timeout,
      startPeriodMs: health.startPeriod,
      healthyAfter: health.healthyAfter,
    };
  }
  const { startPeriodMs = 0, retries = 0, intervalMs = 0, timeoutMs = 0 } = healthcheck ?? {};
  const untilUnhealthyMs = startPeriodMs + retries * (intervalMs + timeoutMs);
  return { kind: 'container', startPeriodMs: Math.max(containerStartPeriodMs, untilUnhealthyMs) };
}

const updateConfig = ['deploy', 'update_config'];

function canarySpec(service: CheckedService, report: ReportAt): CanarySpec {
  const { monitor, max_failure_ratio: maxFailureRatio } = service.deploy.update_config;
  const { canary } = service['x-siskin'];
  const maxBakeMs = canary.maxBake ?? monitor ?? 60_000;
  const minBakeMs = canary.minBake ?? Math.min(15_000, maxBakeMs);
  const max5xx = canary.max5xx ?? maxFailureRatio ?? 0.05;
  if (minBakeMs > maxBakeMs) {
    const longest =
      canary.maxBake !== undefined || monitor === undefined ? 'maxBake' : 'deploy.update_config.monitor';
    report(
      ['x-siskin', 'canary', 'minBake'],
      `must not be longer than ${longest}, which is ${maxBakeMs / 1000}s`,
    );
  }
  if (max5xx <= 0 || max5xx >= 1) {
    const rule = 'must be above 0 and below 1, for it is the default of x-siskin.canary.max5xx';
    report([...updateConfig, 'max_failure_ratio'], `${rule}; write for example 0.05, or set that`);
  }
  return {
    share: canary.share,
    minBakeMs,
    maxBakeMs,
    max5xx,
    watchMs: canary.watch,
    compare: canary.compare,
    onNoMetrics: canary.onNoMetrics,
    metricsTimeoutMs: canary.metricsTimeout,
  };
}
