/** What a panel shows: Grafana's units, queries with the legend of their series. */
export interface Panel {
  title: string;
  kind: 'timeseries' | 'stat' | 'table' | 'logs';
  unit: string;
  queries: readonly Query[];
  /** Columns of 24. */
  width: number;
  description?: string;
  /** Where the axis begins and ends. */
  min?: number;
  max?: number;
  stacked?: boolean;
  /** From this value on it is red. */
  red?: number;
}

export interface Query {
  /** PromQL, or LogQL in a panel of kind `logs`. */
  expr: string;
  legend: string;
  source: 'prometheus' | 'loki';
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  /** Values to choose from, each `label_values` of a series. */
  variables: readonly Variable[];
  rows: readonly { title: string; panels: readonly Panel[] }[];
}

export interface Variable {
  name: string;
  label: string;
  series: string;
  of: string;
}

type Options = Partial<Omit<Panel, 'title' | 'unit' | 'queries'>>;
type Pairs = Record<string, string>;

/** Lines over time. @param queries legend → PromQL */
export const graph = (title: string, unit: string, queries: Pairs, options: Options = {}): Panel => ({
  title,
  unit,
  kind: 'timeseries',
  width: 8,
  queries: promql(queries),
  ...options,
});

/** The newest values, large. */
export const stat = (title: string, unit: string, queries: Pairs, options: Options = {}): Panel => ({
  title,
  unit,
  kind: 'stat',
  width: 6,
  queries: promql(queries),
  ...options,
});

/** The newest values with their labels. */
export const table = (title: string, expr: string, options: Options = {}): Panel => ({
  title,
  unit: 'short',
  kind: 'table',
  width: 12,
  queries: promql({ '': expr }),
  ...options,
});

/** Lines of Loki's. @param expr LogQL */
export const logs = (title: string, expr: string): Panel => ({
  title,
  unit: 'short',
  kind: 'logs',
  width: 24,
  queries: [{ expr, legend: '', source: 'loki' }],
});

const promql = (queries: Pairs): Query[] =>
  Object.entries(queries).map(([legend, expr]) => ({ expr, legend, source: 'prometheus' }));

/** Of app, environment and service, the chosen ones. */
export const chosen = 'app=~"$app", environment=~"$environment"';
export const appVariables: Variable[] = [
  { name: 'app', label: 'App', series: 'up{job="siskin-apps"}', of: 'app' },
  {
    name: 'environment',
    label: 'Environment',
    series: 'up{job="siskin-apps", app=~"$app"}',
    of: 'environment',
  },
];
