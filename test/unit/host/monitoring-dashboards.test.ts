import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readTemplate } from '../../../src/adapters/templates/render-template.ts';
import { monitoringFiles } from '../../../src/domain/host/monitoring.ts';
import { defaultAppMetrics } from '../../../src/domain/host/monitoring-metrics.ts';
import { dashboardTemplates } from '../../support/dashboards/dashboards.ts';
import {
  type DashboardJson,
  dashboardSchema,
  divisorsOf,
  prometheusQueries,
} from '../../support/grafana-queries.ts';
import { renderMonitoring } from '../../support/monitoring-bundle.ts';

const files = await renderMonitoring({
  metrics: { ...defaultAppMetrics, logins: 'sign_ins_total' },
});
const dashboards = Object.entries(files)
  .filter(([path]) => path.endsWith('.json'))
  .map(([path, text]) => [path, dashboardSchema.parse(JSON.parse(text))] as const);

describe('the dashboards', () => {
  it('are what `npm run docs:dashboards` writes, each in the bundle', async () => {
    const templates = dashboardTemplates();
    const inBundle = monitoringFiles.filter(({ template }) => template.endsWith('.json.eta'));
    expect(inBundle.map(({ template }) => template).sort()).toEqual(
      Object.keys(templates)
        .map((name) => `grafana/dashboards/${name}.json.eta`)
        .sort(),
    );
    for (const [name, text] of Object.entries(templates))
      expect(await readTemplate(`grafana/dashboards/${name}.json.eta`)).toBe(text);
  });

  it('have a uid each', () => {
    const uids = dashboards.map(([, { uid }]) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids).toEqual(expect.arrayContaining(['siskin-application', 'siskin-deployments', 'siskin-jvm']));
  });

  it('take the app’s own names from the values', () => {
    const asked = dashboards.flatMap(([, one]) => prometheusQueries(one).map(({ expr }) => expr)).join('\n');
    expect(asked).toContain('sign_ins_total');
    expect(asked).not.toContain('logins_total');
    expect(asked).not.toMatch(/it\.|<%|\$[a-z_]/);
  });

  it.each(dashboards)(
    '%s: no source by its id, no panel over another, no zero to divide by',
    (_path, one) => {
      const sources = one.templating.list
        .filter(({ type }) => type === 'datasource')
        .map(({ name }) => `\${${name}}`);
      const targets = one.panels.flatMap(({ targets }) => targets);
      for (const { datasource } of targets) expect(sources).toContain(datasource.uid);
      expect(new Set(one.panels.map(({ id }) => id)).size).toBe(one.panels.length);
      expect(overlapping(one)).toEqual([]);
      const divisors = prometheusQueries(one).flatMap(({ expr }) => divisorsOf(expr));
      expect(divisors.filter((divisor) => !/>\s*0\)*$/.test(divisor))).toEqual([]);
    },
  );
});

describe('Grafana’s provisioning', () => {
  const yaml = (path: string): unknown => parse(files[`monitoring/${path}`] ?? '');

  it('has the sources that dashboards choose by default, and that lead from one to another', () => {
    const { datasources } = sources.parse(yaml('grafana/provisioning/datasources/siskin.yml'));
    const uids = datasources.map(({ uid }) => uid);
    expect(uids).toEqual(['siskin-prometheus', 'siskin-loki', 'siskin-zipkin']);
    expect(datasources.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    const named = JSON.stringify([yaml('grafana/provisioning/datasources/siskin.yml'), dashboards]);
    const referred = [...named.matchAll(/"(?:datasourceUid|value)":"(siskin-\w+)"/g)].map(([, uid]) => uid);
    expect(new Set(referred)).toEqual(new Set(uids));
  });

  it('reads the dashboards where the Compose file puts them', () => {
    const { providers } = provider.parse(yaml('grafana/provisioning/dashboards/siskin.yml'));
    const compose = files['monitoring/docker-compose.yml'] ?? '';
    expect(compose).toContain(`./grafana/dashboards:${providers[0]?.options.path}:ro`);
    expect(compose).toContain('./grafana/provisioning:/etc/grafana/provisioning:ro');
  });
});

const sources = z.object({
  apiVersion: z.literal(1),
  datasources: z.array(
    z.looseObject({
      uid: z.string(),
      type: z.enum(['prometheus', 'loki', 'zipkin']),
      access: z.literal('proxy'),
      url: z.url(),
      isDefault: z.boolean().default(false),
    }),
  ),
});
const provider = z.object({
  apiVersion: z.literal(1),
  providers: z.array(
    z.looseObject({ type: z.literal('file'), options: z.looseObject({ path: z.string() }) }),
  ),
});

function overlapping({ panels }: DashboardJson): string[] {
  const taken = new Map<string, string>();
  return panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
    const clashes: string[] = x + w > 24 ? [`${title} is too far right`] : [];
    for (let column = x; column < x + w; column++)
      for (let row = y; row < y + h; row++) {
        const other = taken.get(`${column} ${row}`);
        if (other !== undefined) clashes.push(`${title} lies over ${other}`);
        taken.set(`${column} ${row}`, title);
      }
    return [...new Set(clashes)];
  });
}
