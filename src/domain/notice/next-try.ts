/** What is known of deliveries that failed, one after the other. */
export interface Failures {
  /** Of this one too: 1 or more. */
  count: number;
  /** Since the first of them, in ms. */
  forMs: number;
  /** What the service asked for, in ms; null when it said nothing. */
  retryAfterMs: number | null;
  /** A person has to mend something first. */
  needsPerson: boolean;
}

const firstMs = 1_000;
/** So that an end is told at most a minute after the service is back. */
const longestMs = 60_000;
/** Nobody waits for news that are a day old. */
const patienceMs = 24 * 3_600_000;

/**
 * When to try again: a second later, then twice as long each time up to a minute; not before the service wants it. Where a
 * person has to mend something, once a minute from the beginning.
 *
 * @returns ms from now, or null to give up, after a day
 */
export function nextTry({ count, forMs, retryAfterMs, needsPerson }: Failures): number | null {
  if (forMs >= patienceMs) return null;
  const growing = needsPerson ? longestMs : Math.min(longestMs, firstMs * 2 ** Math.min(count - 1, 30));
  return Math.max(growing, retryAfterMs ?? 0);
}
