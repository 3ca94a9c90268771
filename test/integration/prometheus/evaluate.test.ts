import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrometheusServer, prometheusServer } from '../../../src/adapters/process/prometheus-server.ts';
import { PrometheusMetrics } from '../../../src/adapters/prometheus/prometheus-metrics.ts';
import { renderPrometheusConfig } from '../../../src/adapters/prometheus/render-config.ts';
import { latencyQuery } from '../../../src/config/compose/latency-query.ts';
import { checkPromql } from '../../../src/config/promql.ts';
import { renderAnalysisQuery } from '../../../src/domain/analysis-query.ts';
import { startApps } from '../../support/prometheus-apps.ts';

const values = {
  app: 'shop',
  environment: 'production',
  service: 'web',
  backend: 'shop-production-web',
  release: 12,
  baseline: 11,
};

describe('a query for one number, on Prometheus', () => {
  let directory: string;
  let apps: Awaited<ReturnType<typeof startApps>>;
  let prometheus: PrometheusServer;
  let metrics: PrometheusMetrics;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sk-'));
    apps = await startApps({ r11: 0.1, r12: 0.25 });
    const config = renderPrometheusConfig({ routerMetrics: '127.0.0.1:1', discoveryUrl: apps.discoveryUrl });
    prometheus = await prometheusServer({ dataDir: directory, config });
    await prometheus.start();
    metrics = new PrometheusMetrics({ url: prometheus.url });
    await until(async () => (await metrics.evaluate('count(jobs_done_total) == 2')).kind === 'value');
  });
  afterAll(async () => {
    await prometheus.stop();
    await apps.close();
    await rm(directory, { recursive: true, force: true });
  });
  const evaluated = (query: string) => expect(metrics.evaluate(query));

  it.each([
    ['1 + 1', 2],
    ['scalar(vector(3))', 3],
    ['sum(jobs_done_total)', 14],
    ['jobs_done_total{release="r12",replica="r12-1",app="shop",environment="production",service="web"}', 7],
  ])('%s is %d', async (query, value) => evaluated(query).resolves.toEqual({ kind: 'value', value }));

  it.each([
    ['nothing_like_it', 'no series'],
    ['vector(0) / 0', 'the answer is NaN'],
    ['vector(1) / 0', 'the answer is +Inf'],
    ['jobs_done_total < 0', 'no series'],
  ])('threat 18: %s is no evidence', async (query, detail) =>
    evaluated(query).resolves.toEqual({ kind: 'no-evidence', detail }),
  );

  it.each([
    ['jobs_done_total', 'gives 2 series; aggregate them, for example with sum(…)'],
    ['jobs_done_total[1m]', 'gives several values of each series'],
    ['"text"', 'gives a text'],
    ['sum(', 'parse error: unclosed left parenthesis'],
    ['jobs_done_total * on(app) jobs_done_total', 'found duplicate series'],
  ])('%s is refused', async (query, detail) =>
    evaluated(query).resolves.toEqual({ kind: 'refused', detail: expect.stringContaining(detail) }),
  );

  it('threat 19: does not scrape where an app redirects it', async () => {
    await until(async () => (await metrics.evaluate('up{replica="r13-1"} == 0')).kind === 'value');
    expect(apps.lured()).toBe(false);
    expect(await metrics.evaluate('jobs_done_total{release="r13"}')).toMatchObject({ kind: 'no-evidence' });
  });

  it('compares the latency of two releases, once both have been scraped twice', async () => {
    const query = (baseline: number | null) =>
      renderAnalysisQuery(latencyQuery('http_request_duration_seconds', 30_000), { ...values, baseline });
    await until(async () => (await metrics.evaluate(query(11))).kind === 'value');
    // all of r11's in (0.05, 0.1], all of r12's in (0.1, 0.25]: 0.0975 and 0.2425
    const answer = await metrics.evaluate(query(11));
    expect(answer).toEqual({ kind: 'value', value: expect.closeTo(0.2425 / 0.0975, 6) });
    expect(await metrics.evaluate(query(null))).toEqual({ kind: 'no-evidence', detail: 'no series' });
  });

  it.each([
    'sum by (release) (rate(http_request_duration_seconds_bucket[1m30s] offset 5s)) > bool 1',
    'max_over_time(sum(rate(jobs_done_total[30s]))[1m:5s])',
    'max_over_time((up + up)[1m:])',
    "up{instance=~\"127\\\\.0\\\\..*\",job!=`\\d`,app='it\\'s'} # why",
    'count_values("x", up) or label_replace(up, "a", "$1", "b", "(.*)")',
    'up / on(replica) group_left(job) up and ignoring(app) up unless absent(up)',
    'histogram_quantile(0.5, up) + predict_linear(up[1m], 60) ^ 2 % 3 == 1 or vector(time())',
    'quantile_over_time(0.9, up[1w]) + delta(up[1m]) + (-1e3) + 0x1f + Inf',
    'topk(1, up @ end()) != bool scalar(up)',
  ])('what the check lets pass, Prometheus parses: %s', async (query) => {
    expect(checkPromql(query)).toHaveProperty('lookBackMs');
    expect(await metrics.evaluate(query)).not.toEqual({
      kind: 'refused',
      detail: expect.stringContaining('parse error'),
    });
  });

  it.each([
    'up{',
    'up{a="b}',
    'up{a="\\d"}',
    'up up',
    'avrage(up)',
    'rate(up)',
    'abs(up[1m])',
    'sum(up[1m])',
    'sum(up)[1m]',
    '1 + up[1m]',
    'max_over_time(up + up[1m:])',
    'rate(up[0s])',
    'up + "a"',
    '# nothing',
  ])('what the check refuses, Prometheus refuses: %s', async (query) => {
    expect(checkPromql(query)).toHaveProperty('message');
    expect(await metrics.evaluate(query)).toEqual({
      kind: 'refused',
      detail: expect.stringContaining('parse error'),
    });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
