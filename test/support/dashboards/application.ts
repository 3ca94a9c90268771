import type { AppMetricNames } from './names.ts';
import { appVariables, chosen, type Dashboard, graph, logs, stat, table } from './panel.ts';

const backend = 'proxy=~"$backend", proxy!~"_.*"';
const replicaOf = '{{app}} {{environment}} {{replica}}';

/** How an app does: at the router, which counts for every app, and by the app's own metrics. */
export const application = (names: AppMetricNames): Dashboard => ({
  uid: 'siskin-application',
  title: 'Application',
  description: 'Requests, errors and times at the router; what the apps count themselves.',
  variables: [
    ...appVariables,
    {
      name: 'backend',
      label: 'Backend',
      series: 'haproxy_backend_http_requests_total{proxy!~"_.*"}',
      of: 'proxy',
    },
  ],
  rows: [
    {
      title: 'At the router',
      panels: [
        graph('Requests', 'reqps', {
          '{{proxy}} {{code}}': `sum by (proxy, code) (rate(haproxy_backend_http_responses_total{${backend}}[$__rate_interval]))`,
        }),
        graph(
          'Share of 5xx',
          'percentunit',
          {
            '{{proxy}}': `sum by (proxy) (rate(haproxy_backend_http_responses_total{code="5xx", ${backend}}[$__rate_interval])) / (sum by (proxy) (rate(haproxy_backend_http_responses_total{${backend}}[$__rate_interval])) > 0)`,
          },
          { min: 0, red: 0.05 },
        ),
        graph('Average time to answer', 's', {
          '{{proxy}}': `haproxy_backend_response_time_average_seconds{${backend}}`,
        }),
        graph('Requests under way, by replica', 'short', {
          '{{proxy}} {{server}}': `haproxy_server_current_sessions{${backend}}`,
        }),
        graph('Share of the traffic, by replica', 'short', {
          '{{proxy}} {{server}}': `haproxy_server_weight{${backend}}`,
        }),
        graph('Connections that failed, requests sent again', 'ops', {
          '{{proxy}} failed': `sum by (proxy) (rate(haproxy_server_connection_errors_total{${backend}}[$__rate_interval]))`,
          '{{proxy}} another replica': `sum by (proxy) (rate(haproxy_server_redispatch_warnings_total{${backend}}[$__rate_interval]))`,
        }),
      ],
    },
    {
      title: 'The app’s own',
      panels: [
        stat('Replicas that answer', 'short', {
          '{{app}} {{environment}}': `sum by (app, environment) (up{job="siskin-apps", ${chosen}})`,
        }),
        stat('Logins in an hour', 'short', {
          '{{app}} {{environment}}': `sum by (app, environment) (increase(${names.logins}{${chosen}}[1h]))`,
        }),
        graph(
          'How long requests take',
          's',
          Object.fromEntries(
            [0.5, 0.95, 0.99].map((share) => [
              `{{app}} {{environment}} ${share * 100} %`,
              `histogram_quantile(${share}, sum by (app, environment, le) (rate(http_server_requests_seconds_bucket{${chosen}}[$__rate_interval])))`,
            ]),
          ),
          { width: 12 },
        ),
        graph('Answers, by status', 'reqps', {
          '{{app}} {{environment}} {{status}}': `sum by (app, environment, status) (rate(http_server_requests_seconds_count{${chosen}}[$__rate_interval]))`,
        }),
        table(
          'Slowest URIs, mean seconds',
          `topk(10, sum by (app, environment, uri) (rate(http_server_requests_seconds_sum{${chosen}}[$__rate_interval])) / (sum by (app, environment, uri) (rate(http_server_requests_seconds_count{${chosen}}[$__rate_interval])) > 0))`,
          { width: 8 },
        ),
        graph('Database connections', 'short', {
          [`${replicaOf} in use`]: `hikaricp_connections_active{${chosen}}`,
          [`${replicaOf} waited for`]: `hikaricp_connections_pending{${chosen}}`,
          [`${replicaOf} at most`]: `hikaricp_connections_max{${chosen}}`,
        }),
        graph(
          'Processor',
          'percentunit',
          { [replicaOf]: `process_cpu_usage{${chosen}}` },
          { min: 0, max: 1 },
        ),
      ],
    },
    {
      title: 'Log',
      panels: [logs('What the replicas write', '{app=~"$app", environment=~"$environment"}')],
    },
  ],
});
