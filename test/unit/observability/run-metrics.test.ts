import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createMetrics } from '../../../src/observability/metrics.ts';
import type { LastRun } from '../../../src/observability/sources.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-25T12:00:00Z') }));
afterEach(() => void vi.useRealTimers());

const run = (change: Partial<LastRun>): LastRun => ({
  since: '2026-11-25T11:00:00Z',
  succeededAt: null,
  result: null,
  ...change,
});
const scraped = async (backup: () => Promise<LastRun | null>) =>
  (await createMetrics({ lastRuns: { backup } }).registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('siskin_run_'));

it.each<[string, Partial<LastRun>, string[]]>([
  ['was never done', {}, ['siskin_run_age_seconds{run="backup"} 3600']],
  [
    'succeeded',
    { succeededAt: '2026-11-25T11:59:00Z', result: 'success' },
    ['siskin_run_age_seconds{run="backup"} 60', 'siskin_run_failed{run="backup"} 0'],
  ],
  [
    'failed after it had succeeded',
    { succeededAt: '2026-11-25T11:59:00Z', result: 'failure' },
    ['siskin_run_age_seconds{run="backup"} 60', 'siskin_run_failed{run="backup"} 1'],
  ],
  [
    'succeeded by a clock that is ahead',
    { succeededAt: '2026-11-25T12:01:00Z', result: 'success' },
    ['siskin_run_age_seconds{run="backup"} 0', 'siskin_run_failed{run="backup"} 0'],
  ],
])('tells of what %s', async (_what, change, lines) =>
  expect(await scraped(() => Promise.resolve(run(change)))).toEqual(lines),
);

it('has nothing of what is not known or cannot be read', async () => {
  expect(await scraped(() => Promise.resolve(null))).toEqual([]);
  expect(await scraped(() => Promise.reject(new Error('away')))).toEqual([]);
});
