import type { AnalysisSpec, CanarySpec, HealthSpec, RolloutSpec } from '../../domain/service-spec.ts';
import { canarySpec, maxBakeText } from './canary.ts';
import type { ReportAt } from './context.ts';
import type { CheckedService } from './service.ts';

/**
 * How the service is rolled out. Where x-siskin says nothing, `deploy.update_config` does; what needs two keys to
 * be judged is judged here and reported.
 */
export function rolloutSpec(service: CheckedService, report: ReportAt): RolloutSpec {
  const { replicas, update_config: update } = service.deploy;
  const siskin = service['x-siskin'];
  const port = siskin.worker ? 0 : (siskin.port ?? service.expose[0] ?? 0);
  const canary = canarySpec(service, report);
  const { metrics } = siskin;
  return {
    replicas,
    order: update.order,
    // as in Compose, 0 means all at once
    parallelism: update.parallelism === 0 ? replicas : update.parallelism,
    ...(siskin.worker && { worker: true as const }),
    port,
    health: healthSpec(service),
    smoke: siskin.smoke,
    canary,
    analysis: analysisSpecs(service, canary, report),
    ...(metrics && { metrics: { path: metrics.path, port: metrics.port ?? port } }),
    onFailure: siskin.onFailure ?? (update.failure_action === 'pause' ? 'freeze' : 'rollback'),
    drainTimeoutMs: siskin.drain.timeout,
    stopGraceMs: service.stop_grace_period,
  };
}

const containerStartPeriodMs = 120_000;

/** A worker without a health check counts as healthy when it has run for so long. */
const steadyMs = 5_000;

function healthSpec({ 'x-siskin': { health, worker }, healthcheck }: CheckedService): HealthSpec {
  const checked = healthcheck !== undefined && healthcheck.test[0] !== 'NONE';
  if (worker && !checked) return { kind: 'running', steadyMs, startPeriodMs: containerStartPeriodMs };
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

function analysisSpecs(service: CheckedService, canary: CanarySpec, report: ReportAt): AnalysisSpec[] {
  const { warmupMs, maxBakeMs } = canary;
  const { analysis, metrics } = service['x-siskin'];
  return analysis.map(({ preset, ...condition }, index) => {
    const key = ['x-siskin', 'analysis', index];
    if (preset && !metrics) {
      const needs = "needs the app's own metrics: name where it tells them";
      report([...key, 'preset'], `${needs}, for example x-siskin.metrics: { path: /metrics }`);
    }
    // it is first asked when its window holds nothing from before the canary, or from its warmup
    if (condition.windowMs > 0 && warmupMs + condition.windowMs >= maxBakeMs) {
      const span = `${condition.windowMs / 1000}s${warmupMs > 0 ? ` after a warmup of ${warmupMs / 1000}s` : ''}`;
      const message = `could never tell: it looks back over ${span}, not less than ${maxBakeText(service, maxBakeMs)}`;
      report([...key, preset ? 'window' : 'query'], message);
    }
    return condition;
  });
}
