/** A histogram of how long requests took, in Prometheus' text format: what `preset: latency-p95` looks at. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const counts = bounds.map(() => 0);
let sum = 0;
let count = 0;

/** @param seconds that one request took */
export function observeDuration(seconds) {
  sum += seconds;
  count += 1;
  for (const [index, bound] of bounds.entries()) if (seconds <= bound) counts[index] += 1;
}

/** @returns the text of GET /metrics */
export function exposition() {
  const name = 'http_request_duration_seconds';
  const buckets = bounds.map((bound, index) => `${name}_bucket{le="${bound}"} ${counts[index]}`);
  return [
    `# HELP ${name} How long requests took.`,
    `# TYPE ${name} histogram`,
    ...buckets,
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sum}`,
    `${name}_count ${count}`,
    '',
  ].join('\n');
}
