import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../src/adapters/prometheus/prometheus-metrics.ts';
import { startFakePrometheus } from '../../support/router-fake-prometheus.ts';

type Samples = [Record<string, string>, string][];
const server = 'r12-1';
const series = (name: string, labels: Record<string, string> = {}) => ({
  __name__: `haproxy_server_${name}`,
  server,
  ...labels,
});
const fresh: Samples = [
  [{ __name__: 'up' }, '1'],
  [{ __name__: 'scraped_at' }, '999.2'],
];
const failedTries: Samples = [
  [series('connection_errors_total'), '1'],
  [series('response_errors_total'), '2'],
  [series('redispatch_warnings_total'), '3'],
];
const answers: Samples = [
  [series('http_responses_total', { code: '2xx' }), '90'],
  [series('http_responses_total', { code: '5xx' }), '4'],
];

describe('PrometheusMetrics against a server that lies', () => {
  let fake: Awaited<ReturnType<typeof startFakePrometheus>>;
  let metrics: PrometheusMetrics;
  beforeAll(async () => {
    fake = await startFakePrometheus();
    metrics = new PrometheusMetrics({ url: fake.url, timeoutMs: 300 });
  });
  afterAll(() => fake.close());

  const unavailable = (message: string) =>
    expect(metrics.counters('shop-production-web')).rejects.toMatchObject({
      code: 'METRICS_UNAVAILABLE',
      message: expect.stringContaining(message),
    });

  it('sums answers and failed tries of a server', async () => {
    fake.say([...fresh, ...answers, ...failedTries]);
    expect(await metrics.counters('shop-production-web')).toEqual({
      source: 'prometheus',
      servers: { 'r12-1': { requests: 100, errors: 10 } },
    });
    expect(await metrics.ready()).toBe(true);
  });

  it('takes an absent 5xx series beside a present total as 0 errors', async () => {
    fake.say([...fresh, ...answers.slice(0, 1), ...failedTries]);
    expect((await metrics.counters('shop-production-web')).servers).toEqual({
      'r12-1': { requests: 96, errors: 6 },
    });
  });

  it.each(['NaN', '+Inf', '-Inf', '', 'x'])('threat 18: a value of %j is no evidence', async (value) => {
    fake.say([...fresh, [series('http_responses_total', { code: '2xx' }), value], ...failedTries]);
    await unavailable('haproxy_server_http_responses_total is');
  });

  it('threat 18: an empty answer is no evidence', async () => {
    fake.say([]);
    await unavailable('it does not scrape the router');
    fake.say(fresh);
    await unavailable('no series of backend shop-production-web');
  });

  it('threat 18: a server with half its series is no evidence', async () => {
    fake.say([...fresh, ...answers]);
    await unavailable('the series of r12-1 are incomplete');
    fake.say([...fresh, ...failedTries]);
    await unavailable('the series of r12-1 are incomplete');
  });

  it('threat 18: numbers of an old scrape, or of a router that is down, are no evidence', async () => {
    const counters = [...answers, ...failedTries];
    fake.say([[{ __name__: 'up' }, '1'], [{ __name__: 'scraped_at' }, '994.9'], ...counters]);
    await unavailable('its last scrape of the router is 5.1 s old');
    fake.say([[{ __name__: 'up' }, '0'], [{ __name__: 'scraped_at' }, '999.9'], ...counters]);
    await unavailable('its last scrape of the router failed');
    expect(await metrics.ready()).toBe(false);
  });

  it('threat 18: one that does not answer in time is no evidence', async () => {
    fake.fallSilent();
    await unavailable('timeout');
  });

  it.each([
    ['', 200],
    ['<html>', 200],
    ['{"status":"success"}', 200],
    ['{"status":"success","data":{"resultType":"matrix","result":[]}}', 200],
    ['{"status":"error","error":"query timed out"}', 503],
  ])('threat 18: %j is no evidence', async (body, status) => {
    fake.sayRaw(body, status);
    await unavailable(status === 200 ? 'not an instant vector' : 'it answered 503');
  });

  it('threat 34: an answer without end is cut', async () => {
    fake.sayRaw('x'.repeat(5 * 1024 * 1024));
    await unavailable('too long');
  });

  it('refuses a backend name with PromQL in it', async () => {
    await expect(metrics.counters('a"} or vector(0)')).rejects.toMatchObject({ code: 'METRICS_UNAVAILABLE' });
  });
});
