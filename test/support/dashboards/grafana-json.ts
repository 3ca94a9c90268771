import type { Dashboard, Panel, Query, Variable } from './panel.ts';

/** A dashboard in Grafana's format. No data source is named by its id: it is chosen by two variables. */
export const grafanaJson = (dashboard: Dashboard): string => `${JSON.stringify(model(dashboard), null, 2)}\n`;

const model = ({ uid, title, description, variables, rows }: Dashboard) => ({
  uid,
  title,
  description,
  tags: ['siskin'],
  editable: false,
  graphTooltip: 1,
  refresh: '10s',
  schemaVersion: 39,
  time: { from: 'now-3h', to: 'now' },
  timezone: 'browser',
  links: [
    {
      title: 'Siskin',
      type: 'dashboards',
      tags: ['siskin'],
      asDropdown: true,
      includeVars: true,
      keepTime: true,
    },
  ],
  templating: { list: [...sources(rows), ...variables.map(variable)] },
  panels: laidOut(rows),
});

const sources = (rows: Dashboard['rows']) =>
  (['prometheus', 'loki'] as const)
    .filter((source) =>
      rows.some(({ panels }) =>
        panels.some(({ queries }) => queries.some((query) => query.source === source)),
      ),
    )
    .map((source) => ({
      name: source,
      label: source === 'loki' ? 'Logs' : 'Metrics',
      type: 'datasource',
      query: source,
      current: { text: `siskin-${source}`, value: `siskin-${source}` },
      hide: 2,
    }));

const variable = ({ name, label, series, of }: Variable) => ({
  name,
  label,
  type: 'query',
  datasource: source('prometheus'),
  query: { query: `label_values(${series}, ${of})`, refId: name },
  definition: `label_values(${series}, ${of})`,
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: '.+',
  current: { text: 'All', value: '$__all' },
});

const source = (type: Query['source']) => ({ type, uid: `\${${type}}` });

/** A title over each row; panels side by side until the 24 columns are full. */
function laidOut(rows: Dashboard['rows']): object[] {
  const height = { timeseries: 8, table: 8, logs: 12, stat: 5 } as const;
  const placed: object[] = [];
  let y = 0;
  for (const row of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: 24, h: 1 },
    });
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const panel of row.panels) {
      if (x + panel.width > 24) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      const h = height[panel.kind];
      placed.push({ id: placed.length + 1, ...shown(panel), gridPos: { x, y, w: panel.width, h } });
      x += panel.width;
      tallest = Math.max(tallest, h);
    }
    y += tallest;
  }
  return placed;
}

const shown = (panel: Panel) => ({
  type: panel.kind,
  title: panel.title,
  ...(panel.description !== undefined && { description: panel.description }),
  datasource: source(panel.queries[0]?.source ?? 'prometheus'),
  targets: panel.queries.map((query, index) => target(panel, query, index)),
  ...(panel.kind === 'logs'
    ? { options: { showTime: true, wrapLogMessage: true, enableLogDetails: true, sortOrder: 'Descending' } }
    : { fieldConfig: { defaults: fieldDefaults(panel), overrides: [] }, ...options(panel) }),
});

const target = ({ kind }: Panel, { expr, legend, source: from }: Query, index: number) => ({
  refId: String.fromCharCode(65 + index),
  datasource: source(from),
  expr,
  ...(legend !== '' && { legendFormat: legend }),
  ...(kind === 'timeseries' ? { range: true } : {}),
  ...(kind === 'stat' || kind === 'table' ? { instant: true } : {}),
  ...(kind === 'table' && { format: 'table' }),
});

const fieldDefaults = ({ kind, unit, min, max, red, stacked }: Panel) => ({
  unit,
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
  thresholds: {
    mode: 'absolute',
    steps: [{ color: 'green', value: null }, ...(red === undefined ? [] : [{ color: 'red', value: red }])],
  },
  ...(kind === 'timeseries' && {
    custom: {
      lineWidth: 1,
      fillOpacity: stacked ? 30 : 8,
      showPoints: 'never',
      stacking: { mode: stacked ? 'normal' : 'none' },
      thresholdsStyle: { mode: red === undefined ? 'off' : 'line' },
    },
  }),
});

function options({ kind }: Panel): object {
  switch (kind) {
    case 'timeseries':
      return {
        options: {
          legend: { displayMode: 'list', placement: 'bottom' },
          tooltip: { mode: 'multi', sort: 'desc' },
        },
      };
    case 'stat':
      return {
        options: { reduceOptions: { calcs: ['lastNotNull'] }, graphMode: 'none', colorMode: 'value' },
      };
    case 'table':
      return {
        transformations: [
          { id: 'organize', options: { excludeByName: { Time: true, __name__: true, job: true } } },
        ],
        options: { showHeader: true },
      };
    case 'logs':
      return {};
  }
}
