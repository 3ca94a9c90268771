import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import { addDora } from './dora-metrics.ts';
import {
  addCertificates,
  addDeployments,
  addDisks,
  addNotices,
  addQueue,
  addReconcile,
} from './fleet-metrics.ts';
import type { MetricsSources } from './sources.ts';

/** Siskin's own metrics; docs/reference/metrics.md lists them. */
export interface SiskinMetrics {
  registry: Registry;
  /** An answer of the webhook receiver. */
  countWebhookAnswer: (status: number) => void;
}

/** A registry of its own, so that tests and several servers in one process do not share counters. */
export function createMetrics(sources: MetricsSources = {}): SiskinMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answers = new Counter({
    name: 'siskin_webhook_answers_total',
    help: 'Answers of the webhook receiver, by HTTP status.',
    labelNames: ['status'],
    registers: [registry],
  });
  for (const add of [addQueue, addDeployments, addReconcile, addNotices, addDora, addDisks, addCertificates])
    add(registry, sources);
  return { registry, countWebhookAnswer: (status) => answers.inc({ status }) };
}
