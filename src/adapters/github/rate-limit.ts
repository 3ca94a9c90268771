/** What an answer of an error's status says: as much of Octokit's RequestError as is looked at. */
export interface ErrorAnswer {
  status: number;
  message: string;
  headers: Record<string, string | number | undefined>;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * How long GitHub wants to be left alone, in ms; null when that is not what the answer says. "Rate limits for the REST
 * API" (docs.github.com): Retry-After first; else, with nothing remaining, until x-ratelimit-reset; else a minute.
 * The reset is a time of GitHub's clock, so it is compared with the answer's own date.
 */
export function rateLimitMs({ status, headers, message }: ErrorAnswer, now: number): number | null {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(seconds) && seconds >= 0) return bounded(seconds * 1000);
  if (status !== 403 && status !== 429) return null;
  if (String(headers['x-ratelimit-remaining']) === '0') {
    const date = Date.parse(String(headers.date));
    const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1000;
    if (Number.isFinite(reset)) return bounded(reset - (Number.isFinite(date) ? date : now));
  }
  return status === 429 || /secondary rate limit|abuse detection/i.test(message) ? minuteMs : null;
}

/** A limit's window is an hour. */
const bounded = (ms: number): number => Math.min(hourMs, Math.max(1_000, ms));
