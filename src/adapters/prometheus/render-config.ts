import { SiskinError } from '../../domain/errors/siskin-error.ts';

export interface PrometheusConfigOptions {
  /** `ip:port` of the router's exporter. */
  routerMetrics: string;
  /** Where Siskin tells of the apps' own metrics, e.g. `http://127.0.0.1:8080/sd/prometheus`; null without. */
  discoveryUrl: string | null;
  /** Holds the bearer token for it. */
  discoveryTokenFile?: string;
}

/** The job under which the router is scraped. */
export const routerJob = 'siskin-router';

/** The text of prometheus.yml. Pure. @throws SiskinError CONFIG_INVALID when a value is more than an address or a path */
export function renderPrometheusConfig(options: PrometheusConfigOptions): string {
  return [globalSection, routerSection(options), appsSection(options)].join('');
}

const globalSection = `# Written by Siskin. Changes are overwritten.
global:
  scrape_interval: 15s
  scrape_timeout: 10s
scrape_configs:
`;

/** One scrape a second: the verdict looks every 1-2 s. Only what verdict and dashboards read is kept. */
const routerSection = (options: PrometheusConfigOptions): string => `  - job_name: ${routerJob}
    scrape_interval: 1s
    scrape_timeout: 1s
    static_configs:
      - targets: [${quoted(options.routerMetrics, /^[A-Za-z0-9.:[\]-]{1,253}$/)}]
    metric_relabel_configs:
      - source_labels: [__name__]
        regex: haproxy_(process_.*|frontend_.*|backend_.*|server_(http_responses|connection_errors|response_errors|redispatch_warnings|retry_warnings|bytes_in|bytes_out)_total|server_(current_sessions|weight|status|.*_time_average_seconds))
        action: keep
`;

/**
 * A canary is judged within a minute, and rate() needs two scrapes in its window. An app may not send the scrape
 * elsewhere (`follow_redirects`), and its labels do not replace Siskin's (`honor_labels` is off unless told).
 */
function appsSection({ discoveryUrl, discoveryTokenFile }: PrometheusConfigOptions): string {
  if (discoveryUrl === null) return '';
  const credentials =
    discoveryTokenFile === undefined
      ? ''
      : `        authorization:
          credentials_file: ${quoted(discoveryTokenFile, /^\/[A-Za-z0-9 ._/@+-]{1,400}$/)}
`;
  return `  - job_name: siskin-apps
    scrape_interval: 5s
    scrape_timeout: 5s
    follow_redirects: false
    sample_limit: 20000
    body_size_limit: 10MB
    http_sd_configs:
      - url: ${quoted(discoveryUrl, /^https?:\/\/[A-Za-z0-9.:[\]/_-]{1,300}$/)}
        refresh_interval: 2s
${credentials}`;
}

function quoted(value: string, pattern: RegExp): string {
  if (!pattern.test(value)) {
    throw new SiskinError('CONFIG_INVALID', `${JSON.stringify(value)} cannot stand in prometheus.yml.`);
  }
  return JSON.stringify(value);
}
