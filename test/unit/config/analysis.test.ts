// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax under test

import { describe, expect, it } from 'vitest';
import { checkPromql } from '../../../src/config/promql.ts';
import { renderAnalysisQuery } from '../../../src/domain/analysis-query.ts';
import { composeMistakes, composeYaml, readCompose } from '../../support/config-samples.ts';

const analysis = (conditions: string, variables: Record<string, string> = {}, siskin = '') =>
  readCompose(composeYaml('', `analysis: [ ${conditions} ]${siskin}`), { variables }).rollout.analysis;

describe('a condition', () => {
  it.each([
    ['{ name: a, query: "vector(1)", max: 0.5 }', { max: 0.5, failures: 2, windowMs: 0 }],
    ['{ name: a, query: "vector(1)", min: -1, max: -1 }', { min: -1, max: -1 }],
    ['{ name: a, query: "vector(1)", min: "0.5", failures: "10" }', { min: 0.5, failures: 10 }],
    ['{ name: a, query: "sum(rate(x[45s])) + sum(rate(y[10s]))", max: 1 }', { windowMs: 45_000 }],
  ])('%s', (condition, expected) => {
    const [spec] = analysis(condition);
    expect(spec).toMatchObject({ name: 'a', ...expected });
    expect(Object.keys(spec ?? {})).not.toContain('preset');
    expect(spec && 'min' in spec).toBe('min' in expected);
  });

  it('keeps its placeholders, has its variables put in, and $$ is a dollar sign', () => {
    const query = 'up{a=~"{{app}}-${COLOUR}$$|${UNSET:-green}", r="{{ release }}"}';
    expect(analysis(`{ name: a, query: '${query}', max: 1 }`, { COLOUR: 'blue' })).toEqual([
      {
        name: 'a',
        query: 'up{a=~"{{app}}-blue$|green", r="{{ release }}"}',
        max: 1,
        failures: 2,
        windowMs: 0,
      },
    ]);
  });

  it('is measured with its variables put in', () => {
    const variables = { LONG: 'x'.repeat(1_995) };
    expect(analysis(`{ name: a, query: '\${LONG}', max: 1 }`, variables)).toHaveLength(1);
    expect(
      composeMistakes(composeYaml('', `analysis: [ { name: a, query: '\${LONG}_and_more', max: 1 } ]`), {
        variables,
      }),
    ).toEqual([expect.stringContaining('is longer than 2000 characters')]);
  });

  it('may not look back as far as the canary can run, wherever that stands', () => {
    const long = (siskin: string, service = '') =>
      composeMistakes(
        composeYaml(service, `analysis: [ { name: a, query: "sum(rate(x[1m]))", max: 1 } ]${siskin}`),
      );
    expect(long(', canary: { maxBake: 61s }')).toEqual([]);
    expect(long(', canary: { maxBake: 61s, warmup: 1s }')).toHaveLength(1);
    expect(long('', 'deploy: { update_config: { monitor: 1m } }')).toEqual([
      expect.stringContaining(
        'looks back over 60s, not less than deploy.update_config.monitor, which is 60s',
      ),
    ]);
  });
});

describe('the ready-made latency-p95', () => {
  const metrics = ', metrics: {}';

  it('becomes a query on the histogram of both releases', () => {
    const [spec] = analysis('{ name: p95, preset: latency-p95 }', {}, metrics);
    expect(spec).toMatchObject({ name: 'p95', max: 1.5, failures: 2, windowMs: 30_000 });
    const rendered = renderAnalysisQuery(spec?.query ?? '', {
      app: 'shop',
      environment: 'production',
      service: 'web',
      backend: 'shop-production-web',
      release: 12,
      baseline: 11,
    });
    const p95 = (release: string) =>
      `histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{app="shop",environment="production",service="web",release="${release}"}[30s])))`;
    expect(rendered).toBe(`${p95('r12')} / ${p95('r11')}`);
    expect(checkPromql(rendered)).toEqual({ lookBackMs: 30_000 });
  });

  it('has its metric, window, max and failures', () => {
    const written =
      '{ name: a, preset: latency-p95, metric: rpc_seconds, window: 22500ms, max: 2, failures: 1 }';
    const [spec] = analysis(written, {}, metrics);
    expect(spec).toMatchObject({ max: 2, failures: 1, windowMs: 22_500 });
    expect(spec?.query).toContain('rate(rpc_seconds_bucket{');
    expect(checkPromql(spec?.query.replaceAll(/\{\{|\}\}/g, '') ?? '')).toEqual({ lookBackMs: 22_500 });
  });

  it("needs the app's metrics", () => {
    expect(composeMistakes(composeYaml('', 'analysis: [ { name: a, preset: latency-p95 } ]'))).toEqual([
      expect.stringMatching(/analysis\[0\]\.preset: needs .* x-siskin\.metrics/),
    ]);
  });
});
