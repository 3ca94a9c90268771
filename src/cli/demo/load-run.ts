/** One request's end. `status` 0: there was no answer, `error` says why. */
export interface LoadSample {
  status: number;
  /** The answer's x-release header. */
  release: string | null;
  error: string | null;
}

/** Sends the load's nth request; never rejects. */
export type Send = (index: number) => Promise<LoadSample>;

export interface LoadCount {
  requests: number;
  failed: number;
}

export interface LoadResult extends LoadCount {
  /** Requests that were due while too many were under way; not sent, not counted above. */
  skipped: number;
  /** By the answer's x-release; `none` where no app answered. */
  byRelease: Record<string, LoadCount>;
  failedByRelease: Record<string, number>;
  /** The first hundred failures, with milliseconds since the load began. */
  errors: { atMs: number; status: number; release: string | null; error: string }[];
  /** Milliseconds over the first hundred thousand good answers; null without one. */
  latency: { p50: number; p99: number; max: number } | null;
}

export interface LoadRun {
  /** The figures up to now; those of requests under way are not in it. */
  snapshot(): LoadResult;
  /** Sends no more and waits for those under way. */
  stop(): Promise<LoadResult>;
  /** Resolves when it has ended, by itself or by stop(). */
  readonly done: Promise<LoadResult>;
}

export interface LoadPace {
  ratePerSecond: number;
  durationMs?: number;
  maxInFlight?: number;
}

const tickMs = 10;
const keptErrors = 100;
const keptLatencies = 100_000;

/**
 * Sends requests at a steady rate, whether or not earlier ones have been answered (an open loop, so that a stall
 * is not hidden by waiting). Bounded in flight and in memory.
 */
export function runLoad(send: Send, pace: LoadPace): LoadRun {
  const tally = newTally();
  const began = performance.now();
  const maxInFlight = pace.maxInFlight ?? 2_000;
  const inFlight = new Set<Promise<void>>();
  let due = 0;
  let stopped = false;
  let finish: (result: LoadResult) => void = () => {};
  const done = new Promise<LoadResult>((resolve) => {
    finish = resolve;
  });

  const sendOne = async (index: number): Promise<void> => {
    const sentAt = performance.now();
    const sample = await send(index);
    const now = performance.now();
    tally.add(sample, now - began, now - sentAt);
  };
  const timer = setInterval(() => {
    const elapsed = performance.now() - began;
    for (; due < (elapsed * pace.ratePerSecond) / 1000; due += 1) {
      if (inFlight.size >= maxInFlight) {
        tally.skip();
        continue;
      }
      const one = sendOne(due).finally(() => inFlight.delete(one));
      inFlight.add(one);
    }
    if (pace.durationMs !== undefined && elapsed >= pace.durationMs) void stop();
  }, tickMs);

  async function stop(): Promise<LoadResult> {
    if (stopped) return done;
    stopped = true;
    clearInterval(timer);
    await Promise.all(inFlight);
    finish(tally.result());
    return done;
  }
  return { snapshot: tally.result, stop, done };
}

/** Good means 2xx and 3xx without an error. */
const isFailed = (sample: LoadSample): boolean =>
  sample.error !== null || sample.status < 200 || sample.status >= 400;

function newTally() {
  const byRelease = new Map<string, LoadCount>();
  const errors: LoadResult['errors'] = [];
  const latencies: number[] = [];
  let skipped = 0;

  const add = (sample: LoadSample, atMs: number, latencyMs: number): void => {
    const release = sample.release ?? 'none';
    const count = byRelease.get(release) ?? { requests: 0, failed: 0 };
    byRelease.set(release, count);
    count.requests += 1;
    if (!isFailed(sample)) {
      if (latencies.length < keptLatencies) latencies.push(latencyMs);
      return;
    }
    count.failed += 1;
    const { status, error } = sample;
    if (errors.length < keptErrors) {
      errors.push({
        atMs: Math.round(atMs),
        status,
        release: sample.release,
        error: error ?? `status ${status}`,
      });
    }
  };
  const result = (): LoadResult => ({
    ...sum([...byRelease.values()]),
    skipped,
    byRelease: Object.fromEntries([...byRelease].map(([release, count]) => [release, { ...count }])),
    failedByRelease: Object.fromEntries(
      [...byRelease].filter(([, { failed }]) => failed > 0).map(([release, { failed }]) => [release, failed]),
    ),
    errors: [...errors],
    latency: percentiles(latencies),
  });
  const skip = (): void => {
    skipped += 1;
  };
  return { add, skip, result };
}

const sum = (counts: LoadCount[]): LoadCount => ({
  requests: counts.reduce((total, { requests }) => total + requests, 0),
  failed: counts.reduce((total, { failed }) => total + failed, 0),
});

function percentiles(values: number[]): LoadResult['latency'] {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
