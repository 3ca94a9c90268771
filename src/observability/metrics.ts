import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { EndState } from '../domain/deployment.ts';

/** Siskin's own metrics. */
export interface SiskinMetrics {
  registry: Registry;
  /** An answer of the webhook receiver. */
  countWebhookAnswer: (status: number) => void;
  /** A deployment that ended. */
  countDeployment: (app: string, environment: string, outcome: EndState) => void;
}

export interface MetricsSources {
  /** Wake-ups in the queue; read at each scrape. */
  queueDepth?: () => Promise<{ waiting: number; delayed: number; active: number }>;
}

/** A registry of its own, so that tests and several servers in one process do not share counters. */
export function createMetrics({ queueDepth }: MetricsSources = {}): SiskinMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answers = new Counter({
    name: 'siskin_webhook_answers_total',
    help: 'Answers of the webhook receiver, by HTTP status.',
    labelNames: ['status'],
    registers: [registry],
  });
  const deployments = new Counter({
    name: 'siskin_deployments_total',
    help: 'Deployments that ended, by outcome.',
    labelNames: ['app', 'environment', 'outcome'],
    registers: [registry],
  });
  if (queueDepth) addQueueDepth(registry, queueDepth);
  return {
    registry,
    countWebhookAnswer: (status) => answers.inc({ status }),
    countDeployment: (app, environment, outcome) => deployments.inc({ app, environment, outcome }),
  };
}

function addQueueDepth(registry: Registry, queueDepth: NonNullable<MetricsSources['queueDepth']>): void {
  new Gauge({
    name: 'siskin_queue_depth',
    help: 'Wake-ups in the queue, by state; absent while Redis does not answer.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const [state, count] of Object.entries(await queueDepth())) this.set({ state }, count);
      } catch {
        // Absent is the truth: a scrape must not fail for it, and /readyz tells of Redis.
      }
    },
  });
}
