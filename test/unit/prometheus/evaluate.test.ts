import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../src/adapters/prometheus/prometheus-metrics.ts';
import { startFakePrometheus } from '../../support/router-fake-prometheus.ts';

describe('a query for one number, against a server that lies', () => {
  let fake: Awaited<ReturnType<typeof startFakePrometheus>>;
  let metrics: PrometheusMetrics;
  beforeAll(async () => {
    fake = await startFakePrometheus();
    metrics = new PrometheusMetrics({ url: fake.url, timeoutMs: 300 });
  });
  afterAll(() => fake.close());

  const answer = (data: unknown) => fake.sayRaw(JSON.stringify({ status: 'success', data }));
  const failure = (status: number, errorType: string, error: string) =>
    fake.sayRaw(JSON.stringify({ status: 'error', errorType, error }), status);
  const noEvidence = (detail: string) => ({ kind: 'no-evidence', detail: expect.stringContaining(detail) });
  const refused = (detail: string) => ({ kind: 'refused', detail: expect.stringContaining(detail) });
  const evaluated = () => expect(metrics.evaluate('up'));

  it.each([
    ['0.5', 0.5],
    ['-3e-9', -3e-9],
    ['0', 0],
  ])('gives the value %s of one series, and of a scalar', async (text, value) => {
    fake.say([[{ release: 'r12' }, text]]);
    await evaluated().resolves.toEqual({ kind: 'value', value });
    answer({ resultType: 'scalar', result: [1_000, text] });
    await evaluated().resolves.toEqual({ kind: 'value', value });
  });

  it.each(['NaN', '+Inf', '-Inf', '', ' ', 'x'])('threat 18: %j is no evidence', async (text) => {
    fake.say([[{}, text]]);
    await evaluated().resolves.toEqual(noEvidence('the answer is'));
    answer({ resultType: 'scalar', result: [1_000, text] });
    await evaluated().resolves.toEqual(noEvidence('the answer is'));
  });

  it('threat 18: no series is no evidence', async () => {
    fake.say([]);
    await evaluated().resolves.toEqual({ kind: 'no-evidence', detail: 'no series' });
  });

  it('several series are no condition', async () => {
    fake.say([
      [{ a: '1' }, '1'],
      [{ a: '2' }, 'NaN'],
      [{ a: '3' }, '1'],
    ]);
    const detail = 'gives 3 series; aggregate them, for example with sum(…)';
    await evaluated().resolves.toEqual({ kind: 'refused', detail });
  });

  it.each([
    [{ resultType: 'string', result: [1_000, 'x'] }, 'gives a text'],
    [{ resultType: 'matrix', result: [{ metric: {}, values: [[1_000, '1']] }] }, 'gives several values'],
    [{ resultType: 'vector', result: [{ metric: {}, histogram: [1_000, {}] }] }, 'gives a histogram'],
  ])('refuses %j', async (data, detail) => {
    answer(data);
    await evaluated().resolves.toEqual(refused(detail));
  });

  it("tells Prometheus's own words about the query", async () => {
    failure(400, 'bad_data', 'invalid parameter "query": 1:3: parse error: unexpected end');
    await evaluated().resolves.toEqual(refused('1:3: parse error: unexpected end'));
    failure(422, 'execution', 'found duplicate series for the match group');
    await evaluated().resolves.toEqual(refused('found duplicate series'));
  });

  it('threat 23: those words are bounded, on one line, without control characters', async () => {
    failure(400, 'bad_data', `\u001b[31mred\r\n\u202e${'x'.repeat(100_000)}`);
    const { detail } = (await metrics.evaluate('up')) as { detail: string };
    expect(detail).toMatch(/^\[31mred x{280,300}…$/);
  });

  it.each([
    [500, 'internal'],
    [503, 'timeout'],
    [503, 'unavailable'],
    [422, 'canceled'],
    [404, 'not_found'],
    [200, 'bad_data'],
  ])('threat 18: a failure %i %s says nothing about the query', async (status, errorType) => {
    failure(status, errorType, 'x');
    await evaluated().resolves.toEqual(noEvidence('Prometheus '));
  });

  it.each([
    ['', 200],
    ['<html>', 200],
    ['<html>', 400],
    ['{"status":"success"}', 200],
    ['{"status":"success","data":{"resultType":"vector","result":3}}', 200],
    ['{"status":"success","data":{"resultType":"moon","result":[]}}', 200],
  ])('threat 18: %j (%i) is no evidence', async (body, status) => {
    fake.sayRaw(body, status);
    await evaluated().resolves.toEqual(noEvidence('Prometheus '));
  });

  it('threat 34: an answer without end is cut', async () => {
    fake.sayRaw('x'.repeat(5 * 1024 * 1024));
    await evaluated().resolves.toEqual(noEvidence('its answer is too long'));
  });

  it('threat 18: one that does not answer, or is not there, is no evidence', async () => {
    fake.fallSilent();
    await evaluated().resolves.toEqual(noEvidence('timeout'));
    const nobody = new PrometheusMetrics({ url: 'http://127.0.0.1:1' });
    expect(await nobody.evaluate('up')).toEqual(noEvidence('Prometheus cannot tell'));
  });
});
