import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrometheusServer, prometheusServer } from '../../../src/adapters/process/prometheus-server.ts';
import { PrometheusMetrics } from '../../../src/adapters/prometheus/prometheus-metrics.ts';
import { renderPrometheusConfig } from '../../../src/adapters/prometheus/render-config.ts';
import { freePort } from '../../support/free-port.ts';
import { type HaproxyFixture, startHaproxy } from '../../support/haproxy-fixture.ts';
import { startReplica, type TestReplica } from '../../support/router-replica.ts';

const backend = 'shop-production-web';
const host = 'shop.example.com';

describe('PrometheusMetrics against Prometheus and HAProxy', () => {
  let directory: string;
  let haproxy: HaproxyFixture;
  let prometheus: PrometheusServer;
  let metrics: PrometheusMetrics;
  let replica: TestReplica;
  let config: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sk-'));
    haproxy = await startHaproxy([{ backend, host, path: '/' }]);
    replica = await startReplica('r1-1');
    config = renderPrometheusConfig({ routerMetrics: haproxy.options.metricsListen, discoveryUrl: null });
    prometheus = await prometheusServer({ dataDir: directory, config });
    await prometheus.start();
    metrics = new PrometheusMetrics({ url: prometheus.url, maxAgeMs: 3_000 });
    await until(() => metrics.ready());
  });
  afterAll(async () => {
    await prometheus.stop();
    await replica.close();
    await haproxy.close();
    await rm(directory, { recursive: true, force: true });
  });

  const failure = async (): Promise<string> =>
    metrics.counters(backend).then(
      () => '',
      (error: unknown) => String(error),
    );

  it('threat 18: a backend without series is no evidence', async () => {
    expect(await failure()).toContain(`no series of backend ${backend}`);
  });

  it("a new server stands at zero, then has the router's very numbers", async () => {
    await haproxy.router.addServer(backend, 'r1-1', replica.address, replica.port);
    await haproxy.router.addServer(backend, 'r1-2', '127.0.0.1', await freePort());
    await until(async () => (await failure()) === '');
    const none = { requests: 0, errors: 0 };
    expect((await metrics.counters(backend)).servers).toEqual({ 'r1-1': none, 'r1-2': none });
    await haproxy.router.enableServer(backend, 'r1-1', 100);
    await haproxy.router.enableServer(backend, 'r1-2', 100);
    for (let i = 0; i < 40; i++) await haproxy.get(host, i % 4 === 0 ? '/?status=503' : '/');
    const { servers } = await haproxy.router.counters(backend);
    expect(servers['r1-1']).toEqual({ requests: 40, errors: 10 });
    expect(servers['r1-2']?.errors).toBeGreaterThan(0);
    await until(async () => (await metrics.counters(backend)).servers['r1-1']?.requests === 40);
    expect((await metrics.counters(backend)).servers).toEqual(servers);
  });

  it('threat 18: numbers that are no longer scraped go stale', async () => {
    const file = join(directory, 'prometheus', 'prometheus.yml');
    await writeFile(file, config.replace('scrape_interval: 1s', 'scrape_interval: 10m'));
    prometheus.supervisor.signal('SIGHUP');
    await until(async () => /s old|does not scrape the router/.test(await failure()));
    await writeFile(file, config);
    prometheus.supervisor.signal('SIGHUP');
    await until(async () => (await failure()) === '');
  });

  it('threat 18: a router that cannot be scraped is no evidence', async () => {
    await haproxy.close();
    await until(async () => (await failure()).includes('its last scrape of the router failed'));
    expect(await metrics.ready()).toBe(false);
  });

  it('threat 18: Prometheus not answering, then gone, is no evidence', async () => {
    prometheus.supervisor.signal('SIGSTOP');
    expect(await failure()).toContain('timeout');
    prometheus.supervisor.signal('SIGCONT');
    await prometheus.stop();
    expect(await failure()).toContain('ECONNREFUSED');
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
