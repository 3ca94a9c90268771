import * as z from 'zod';
import { mapping, must, quantity, text, truth, wholeNumber } from '../fields.ts';
import { duration, share } from '../units.ts';
import { analysisField } from './analysis.ts';
import type { ComposeContext } from './context.ts';
import { hooksField } from './hooks.ts';

const httpPath = text(
  'an HTTP path such as /healthz, with a query if need be',
  /^\/(?!\/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,1023}$/,
);
const within = (expected: string, fits: (value: number) => boolean) => quantity(duration, expected, fits);
const positive = (ms: number): boolean => ms > 0;
const between = (value: number): boolean => value > 0 && value < 1;

const health = mapping({
  path: httpPath.prefault('/'),
  interval: within('at least 50ms', (ms) => ms >= 50).prefault('250ms'),
  timeout: within('at least 50ms, at most 60s', (ms) => ms >= 50 && ms <= 60_000).prefault('2s'),
  startPeriod: within('more than 0', positive).prefault('120s'),
  healthyAfter: wholeNumber(1, 100).prefault(2),
});

const smoke = mapping({ path: httpPath, expect: wholeNumber(100, 599).prefault(200) });

/** Those without default here take it from `deploy.update_config`, or from another (canary.ts). */
const canary = mapping({
  share: quantity(share, 'above 0 and below 1', between).prefault('25%'),
  warmup: within('0s or more', () => true).prefault('0s'),
  minBake: within('0s or more', () => true).optional(),
  maxBake: within('more than 0', positive).optional(),
  max5xx: quantity(share, 'above 0 and below 1', between).optional(),
  watch: within('0s or more', () => true).prefault('10m'),
  compare: z.enum(['baseline', 'absolute']).prefault('baseline'),
  onNoMetrics: z.enum(['hold', 'rollback', 'health-only']).prefault('hold'),
  metricsTimeout: within('more than 0', positive).prefault('60s'),
});

/** No query: Prometheus takes the path as it is. */
const metrics = mapping({
  path: text(
    'a path such as /metrics, without query',
    /^\/(?!\/)[A-Za-z0-9._~!$&'()*+,;=:@/-]{0,200}$/,
  ).prefault('/metrics'),
  port: wholeNumber(1, 65_535).optional(),
});

/** `x-siskin`: what Compose has no word for. */
export const siskinField = (context: ComposeContext) =>
  mapping({
    worker: truth().prefault(false),
    port: wholeNumber(1, 65_535).optional(),
    health: health.optional(),
    smoke: z.array(smoke).max(20, must('a list of at most 20 requests')).prefault([]),
    canary: canary.prefault({}),
    drain: mapping({ timeout: within('0s or more', () => true).prefault('30s') }).prefault({}),
    hooks: hooksField.optional(),
    metrics: metrics.optional(),
    analysis: analysisField(context).prefault([]),
    onFailure: z.enum(['rollback', 'freeze']).optional(),
  }).prefault({});
