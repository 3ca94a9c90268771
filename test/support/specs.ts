import type { Release } from '../../src/domain/deployment.ts';
import type { CanarySpec, RolloutSpec, ServiceSpec } from '../../src/domain/service-spec.ts';

/** A rollout as most tests want it; give what is to differ. */
export const rolloutSpec = (
  change: Partial<Omit<RolloutSpec, 'canary'>> & { canary?: Partial<CanarySpec> } = {},
): RolloutSpec => ({
  replicas: 3,
  order: 'start-first',
  parallelism: 1,
  port: 3000,
  health: {
    kind: 'http',
    path: '/healthz',
    intervalMs: 100,
    timeoutMs: 1_000,
    startPeriodMs: 30_000,
    healthyAfter: 2,
  },
  smoke: [{ path: '/', expect: 200 }],
  analysis: [],
  onFailure: 'rollback',
  drainTimeoutMs: 20_000,
  stopGraceMs: 10_000,
  ...change,
  canary: {
    share: 0.25,
    warmupMs: 0,
    minBakeMs: 2_000,
    maxBakeMs: 5_000,
    max5xx: 0.05,
    watchMs: 8_000,
    compare: 'baseline',
    onNoMetrics: 'hold',
    metricsTimeoutMs: 10_000,
    ...change.canary,
  },
});

/** A whole service. */
export const serviceSpec = (rollout: RolloutSpec = rolloutSpec()): ServiceSpec => ({
  service: 'web',
  build: { context: '.', dockerfile: 'Dockerfile', args: {} },
  container: {
    environment: {},
    readOnly: false,
    mounts: [],
    tmpfs: [],
    ulimits: [],
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
    restart: 'unless-stopped',
    labels: {},
  },
  rollout,
});

/** The release with this image for all of its services. */
export const withImage = (release: Release, imageId: string | null): Release => ({
  ...release,
  services: release.services.map((part) => ({ ...part, imageId })),
});
