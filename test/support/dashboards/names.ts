import type { defaultAppMetrics } from '../../../src/domain/host/monitoring-metrics.ts';

/** The app's own metrics, under whatever names. */
export type AppMetricNames = typeof defaultAppMetrics;
