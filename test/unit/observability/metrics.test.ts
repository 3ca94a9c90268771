import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMetrics } from '../../../src/observability/metrics.ts';
import type { MetricsSources } from '../../../src/observability/sources.ts';

const key = { app: 'shop', environment: 'production' };
const figures = {
  deploymentsPerDay: 0.5,
  leadTimeSeconds: 90,
  changeFailureShare: 0.25,
  timeToRestoreSeconds: null,
};
const sources = {
  queueDepth: () => Promise.resolve({ waiting: 3, delayed: 0, active: 1 }),
  queueAge: () => Promise.resolve(12.5),
  leases: () => Promise.resolve(2),
  outcomes: () =>
    Promise.resolve([
      { ...key, outcome: 'succeeded' as const, count: 7 },
      { ...key, outcome: 'failed' as const, count: 0 },
    ]),
  unfinished: () => Promise.resolve([{ ...key, state: 'held' as const }]),
  stages: () =>
    Promise.resolve([
      {
        stage: 'building' as const,
        buckets: [
          { le: 1, count: 2 },
          { le: 5, count: 3 },
          { le: Number.POSITIVE_INFINITY, count: 1 },
        ],
        sumSeconds: 71.25,
      },
    ]),
  reconcileActions: () => Promise.resolve({ woken: 4 }),
  notices: () => Promise.resolve([{ channel: 'slack', outcome: 'told', count: 5 }]),
  untold: () => Promise.resolve(1),
  dora: () => Promise.resolve([{ ...key, ...figures }]),
  disks: { data: () => Promise.resolve(0.4) },
} satisfies MetricsSources;

/** Siskin's own lines, without those about Node and without comments. */
async function scrape(from: MetricsSources): Promise<string[]> {
  return own(await createMetrics(from).registry.metrics());
}
const own = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('siskin_'));

afterEach(() => void vi.useRealTimers());

describe('a scrape', () => {
  it('tells what the sources hold', async () => {
    expect(await scrape(sources)).toEqual([
      'siskin_queue_depth{state="waiting"} 3',
      'siskin_queue_depth{state="delayed"} 0',
      'siskin_queue_depth{state="active"} 1',
      'siskin_queue_oldest_wait_seconds 12.5',
      'siskin_leases_held 2',
      'siskin_deployments_total{app="shop",environment="production",outcome="succeeded"} 7',
      'siskin_deployments_total{app="shop",environment="production",outcome="failed"} 0',
      'siskin_deployments_unfinished{app="shop",environment="production",state="held"} 1',
      'siskin_deployment_stage_seconds_bucket{stage="building",le="1"} 2',
      'siskin_deployment_stage_seconds_bucket{stage="building",le="5"} 5',
      'siskin_deployment_stage_seconds_bucket{stage="building",le="+Inf"} 6',
      'siskin_deployment_stage_seconds_sum{stage="building"} 71.25',
      'siskin_deployment_stage_seconds_count{stage="building"} 6',
      'siskin_reconcile_actions_total{action="woken"} 4',
      'siskin_notices_total{channel="slack",outcome="told"} 5',
      'siskin_notices_untold 1',
      'siskin_dora_deployments_per_day{app="shop",environment="production"} 0.5',
      'siskin_dora_lead_time_seconds{app="shop",environment="production"} 90',
      'siskin_dora_change_failure_share{app="shop",environment="production"} 0.25',
      'siskin_disk_free_share{holds="data"} 0.4',
    ]);
  });

  it('names each type, so that promtool and Prometheus know a counter from a gauge', async () => {
    const text = await createMetrics(sources).registry.metrics();
    expect(text.match(/# TYPE siskin_\S+ \w+/g)?.map((line) => line.slice('# TYPE siskin_'.length))).toEqual([
      'webhook_answers_total counter',
      'queue_depth gauge',
      'queue_oldest_wait_seconds gauge',
      'leases_held gauge',
      'deployments_total counter',
      'deployments_unfinished gauge',
      'deployment_stage_seconds histogram',
      'reconcile_actions_total counter',
      'notices_total counter',
      'notices_untold gauge',
      'dora_deployments_per_day gauge',
      'dora_lead_time_seconds gauge',
      'dora_change_failure_share gauge',
      'dora_time_to_restore_seconds gauge',
      'disk_free_share gauge',
    ]);
  });

  it('counts the webhook answers of this process', async () => {
    const metrics = createMetrics();
    metrics.countWebhookAnswer(202);
    metrics.countWebhookAnswer(202);
    metrics.countWebhookAnswer(401);
    expect(own(await metrics.registry.metrics())).toEqual([
      'siskin_webhook_answers_total{status="202"} 2',
      'siskin_webhook_answers_total{status="401"} 1',
    ]);
  });

  it('does not add up from scrape to scrape, and forgets what is not there any more', async () => {
    let actions: Record<string, number> = { woken: 1, adopted: 2 };
    const { registry } = createMetrics({ reconcileActions: () => Promise.resolve(actions) });
    await Promise.all([registry.metrics(), registry.metrics()]);
    actions = { woken: 3 };
    expect(own(await registry.metrics())).toEqual(['siskin_reconcile_actions_total{action="woken"} 3']);
  });

  it('reads the DORA figures once a minute, however often it is scraped', async () => {
    const dora = vi.fn(sources.dora);
    const { registry } = createMetrics({ dora });
    await registry.metrics();
    expect(own(await registry.metrics())).toHaveLength(3);
    expect(dora).toHaveBeenCalledTimes(1);
  });
});

describe('a scrape while Redis does not answer', () => {
  const away = () => Promise.reject(new Error('away'));
  const names = Object.keys(sources).filter((name) => name !== 'disks');

  it.each(names)('leaves out %s alone', async (name) => {
    const whole = await scrape(sources);
    const partial = await scrape({ ...sources, [name]: away });
    expect(partial.length).toBeLessThan(whole.length);
    expect(whole).toEqual(expect.arrayContaining(partial));
  });

  it('has nothing of it, rather than zeros', async () => {
    const all = Object.fromEntries(names.map((name) => [name, away]));
    expect(await scrape({ ...all, disks: { data: away, docker: () => Promise.resolve(0.5) } })).toEqual([
      'siskin_disk_free_share{holds="docker"} 0.5',
    ]);
  });

  it('waits two seconds at most', async () => {
    vi.useFakeTimers();
    const never = () => new Promise<never>(() => {});
    const scraped = scrape({ ...sources, queueAge: never, stages: never });
    await vi.advanceTimersByTimeAsync(2_000);
    const lines = await scraped;
    expect(lines).toContain('siskin_leases_held 2');
    expect(lines.join()).not.toMatch(/oldest_wait|stage_seconds/);
  });
});
