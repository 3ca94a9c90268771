/**
 * The ready-made `latency-p95`: how many times as long as the old release's the slowest 5 % of the new release's requests
 * take, at least. NaN or nothing while one of them has no requests in the window.
 * @param metric the app's histogram of request durations, without `_bucket`
 */
export const latencyQuery = (metric: string, windowMs: number): string =>
  `${p95('{{release}}', metric, windowMs)} / ${p95('{{baseline}}', metric, windowMs)}`;

/** The labels are those that Siskin gives to what Prometheus scrapes of an app. */
function p95(release: string, metric: string, windowMs: number): string {
  const labels = `app="{{app}}",environment="{{environment}}",service="{{service}}",release="${release}"`;
  return `histogram_quantile(0.95, sum by (le) (rate(${metric}_bucket{${labels}}[${windowText(windowMs)}])))`;
}

const windowText = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`);
