import { parser } from '@prometheus-io/lezer-promql';
import { z } from 'zod';

/** What Grafana reads of a dashboard: where things stand, and what is asked of which source. */
export const dashboardSchema = z.object({
  uid: z.string().regex(/^siskin-[a-z]+$/),
  title: z.string().min(1),
  schemaVersion: z.literal(39),
  templating: z.object({
    list: z.array(
      z.looseObject({
        name: z.string(),
        type: z.enum(['datasource', 'query']),
        query: z.union([z.string(), z.object({ query: z.string() })]),
      }),
    ),
  }),
  panels: z.array(
    z.looseObject({
      id: z.number().int().positive(),
      type: z.enum(['row', 'timeseries', 'stat', 'table', 'logs']),
      title: z.string().min(1),
      gridPos: z.object({
        x: z.number().int().min(0),
        y: z.number().int().min(0),
        w: z.number().int().min(1).max(24),
        h: z.number().int().min(1),
      }),
      targets: z
        .array(
          z.looseObject({
            refId: z.string(),
            expr: z.string().min(1),
            datasource: z.object({ type: z.enum(['prometheus', 'loki']), uid: z.string() }),
          }),
        )
        .default([]),
    }),
  ),
});
export type DashboardJson = z.infer<typeof dashboardSchema>;

export interface PanelQuery {
  dashboard: string;
  panel: string;
  expr: string;
}

/** What a dashboard's panels and variables ask Prometheus, with "All" chosen of every variable. */
export function prometheusQueries({ title, panels, templating }: DashboardJson): PanelQuery[] {
  const asked = panels.flatMap((panel) =>
    panel.targets
      .filter(({ datasource }) => datasource.type === 'prometheus')
      .map(({ expr }) => ({ dashboard: title, panel: panel.title, expr: withAllChosen(expr) })),
  );
  const chosen = templating.list.flatMap(({ name, query }) => {
    const series = typeof query === 'string' ? null : /^label_values\((.*), \w+\)$/.exec(query.query)?.[1];
    return series ? [{ dashboard: title, panel: `variable ${name}`, expr: withAllChosen(series) }] : [];
  });
  return [...asked, ...chosen];
}

/** As Grafana fills in variables: `$1` of label_replace is none. */
const withAllChosen = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '30s').replace(/\$[a-z_]\w*/g, '.+');

/** The series that an expression reads: its selectors, without what is done with them. */
export function selectorsOf(expr: string): string[] {
  const found = new Set<string>();
  parser.parse(expr).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'VectorSelector') found.add(expr.slice(from, to));
    },
  });
  return [...found];
}

/** What an expression divides by, without brackets around it: `a / (b > 0)` gives `b > 0`. */
export function divisorsOf(expr: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      const { lastChild } = node;
      if (node.name !== 'BinaryExpr' || !node.getChild('Div') || !lastChild) return;
      found.push(expr.slice(lastChild.from, lastChild.to));
    },
  });
  return found;
}
