import type { CounterReading, ServerCounters } from '../../domain/observation.ts';
import type { Metrics, QueryAnswer } from '../../pipeline/ports.ts';
import { instantQuery, type Sample } from './instant-query.ts';
import { queryAnswer } from './query-answer.ts';
import { metricsUnavailable } from './query-api.ts';
import { routerJob } from './render-config.ts';

export interface PrometheusMetricsOptions {
  /** e.g. `http://127.0.0.1:9090` */
  url: string;
  /** Default 2 s. */
  timeoutMs?: number;
  /** Age at which the last scrape of the router is too old to be evidence. Default 5 s. */
  maxAgeMs?: number;
}

/** The kinds of tries that count as failed whatever was answered; the same as the router's own show-stat.ts. */
const failedTries = ['connection_errors_total', 'response_errors_total', 'redispatch_warnings_total'];
const responses = 'haproxy_server_http_responses_total';

/** The router's counters as Prometheus has them: raw counters, never rates, and only when it scraped just now. */
export class PrometheusMetrics implements Metrics {
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #maxAgeSeconds: number;

  constructor({ url, timeoutMs = 2_000, maxAgeMs = 5_000 }: PrometheusMetricsOptions) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#maxAgeSeconds = maxAgeMs / 1_000;
  }

  /**
   * Requests and errors of each server since it was added: the same numbers that the router itself shows.
   * @throws SiskinError METRICS_UNAVAILABLE also for a backend without any series: an empty answer is no evidence
   */
  async counters(backend: string): Promise<CounterReading> {
    if (!/^[a-z0-9][a-z0-9-]{0,130}$/.test(backend))
      throw metricsUnavailable('the backend has no valid name');
    const samples = await instantQuery(this.#url, queryFor(backend), this.#timeoutMs);
    this.#assertFresh(samples);
    const servers: Record<string, ServerCounters> = {};
    for (const [server, own] of byServer(samples)) servers[server] = combine(server, own);
    if (Object.keys(servers).length === 0) throw metricsUnavailable(`no series of backend ${backend}`);
    return { source: 'prometheus', servers };
  }

  /** The one number that a condition's query gives now; see QueryAnswer. Never throws. */
  evaluate(query: string): Promise<QueryAnswer> {
    return queryAnswer(this.#url, query, this.#timeoutMs);
  }

  /** Whether it answers and has just scraped the router. */
  async ready(): Promise<boolean> {
    try {
      this.#assertFresh(await instantQuery(this.#url, scrapeQuery, this.#timeoutMs));
      return true;
    } catch {
      return false; // the answer to the question
    }
  }

  #assertFresh(samples: Sample[]): void {
    const up = samples.filter((s) => s.labels.__name__ === 'up');
    const scraped = samples.filter((s) => s.labels.__name__ === 'scraped_at');
    if (up.length !== 1 || scraped.length !== 1) throw metricsUnavailable('it does not scrape the router');
    if (up[0]?.value !== 1) throw metricsUnavailable('its last scrape of the router failed');
    const age = scraped.map((s) => s.evaluatedAt - s.value)[0] ?? Number.POSITIVE_INFINITY;
    if (age > this.#maxAgeSeconds) {
      throw metricsUnavailable(`its last scrape of the router is ${age.toFixed(1)} s old`);
    }
  }
}

/** One query, so that counters and freshness are of the same instant. `or` looks at labels only, hence the kind. */
const scrapeQuery =
  `label_replace(up{job="${routerJob}"}, "kind", "up", "", "")` +
  ` or label_replace(label_replace(timestamp(up{job="${routerJob}"}), "kind", "time", "", ""), "__name__", "scraped_at", "", "")`;

function queryFor(backend: string): string {
  const names = ['http_responses_total', ...failedTries].join('|');
  return `{__name__=~"haproxy_server_(${names})",job="${routerJob}",proxy="${backend}"} or ${scrapeQuery}`;
}

function byServer(samples: Sample[]): Map<string, Sample[]> {
  const servers = new Map<string, Sample[]>();
  for (const sample of samples) {
    const server = sample.labels.server;
    if (server === undefined) continue; // how fresh it is
    servers.set(server, [...(servers.get(server) ?? []), sample]);
  }
  return servers;
}

function combine(server: string, samples: Sample[]): ServerCounters {
  const sum = (chosen: Sample[]) => chosen.reduce((total, sample) => total + sample.value, 0);
  const answered = samples.filter((s) => s.labels.__name__ === responses);
  const failed = samples.filter((s) => s.labels.__name__ !== responses);
  if (answered.length === 0 || failed.length !== failedTries.length) {
    throw metricsUnavailable(`the series of ${server} are incomplete`);
  }
  const answered5xx = answered.filter((s) => s.labels.code === '5xx');
  return { requests: sum(answered) + sum(failed), errors: sum(answered5xx) + sum(failed) };
}
