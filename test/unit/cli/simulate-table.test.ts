import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runSiskin } from '../../support/app-cli.ts';

const resultSchema = z.object({
  runs: z.literal(4_000),
  rolledBack: z.number(),
  rolledBackInWatch: z.number(),
  promoted: z.number(),
  promotedLowEvidence: z.number(),
  held: z.number(),
  meanFailedRequests: z.number(),
  meanSecondsToVerdict: z.number(),
  p95SecondsToVerdict: z.number(),
});
type Result = z.infer<typeof resultSchema>;

/** A cell as VERDICT.md has it: 3 replicas, share 1/3, 2 s ticks; 4,000 runs. */
async function cell(...args: string[]): Promise<Result> {
  const { code, out, err } = await runSiskin([
    'simulate',
    ...args,
    '--runs',
    '4000',
    '--seed',
    '11',
    '--json',
  ]);
  expect(err).toBe('');
  expect(code).toBe(0);
  return resultSchema.parse(JSON.parse(out));
}

/** The figure of the document, with four standard errors of 4,000 runs and the half of its last digit. */
function expectNear(value: number, figure: number, tolerance: number): void {
  expect(value).toBeGreaterThan(figure - tolerance);
  expect(value).toBeLessThan(figure + tolerance);
}

describe("siskin simulate gives VERDICT.md's table", () => {
  it('good .1 %, 0.1 requests/s: never rolled back, and promoted on low evidence', async () => {
    const result = await cell('--rps', '0.1', '--canary-5xx', '0.1%');
    expect(result).toMatchObject({ rolledBack: 0, promoted: 1, promotedLowEvidence: 1 });
    expect(result.meanSecondsToVerdict).toBe(60);
  });

  it('good .1 %, 10 requests/s: promoted after 22 s', async () => {
    const result = await cell('--rps', '10', '--canary-5xx', '0.1%');
    expect(result.promoted).toBe(1);
    expectNear(result.meanSecondsToVerdict, 22, 0.6);
  });

  it('p = 5 % = theta, 100 requests/s: rolled back in 3 %', async () => {
    const result = await cell('--rps', '100', '--canary-5xx', '5%');
    expectNear(result.rolledBack, 0.03, 0.016);
    expect(result.rolledBackInWatch).toBeLessThan(0.01 + 0.0063);
  });

  it.each([
    ['1', 5.8, 0.4],
    ['10', 6.9, 0.3],
    ['100', 33, 0.8],
  ])('p = 50 %%, %s requests/s: %d failed requests', async (rps, failed, tolerance) => {
    const result = await cell('--rps', rps, '--canary-5xx', '50%');
    expectNear(result.meanFailedRequests, failed, tolerance);
    if (rps === '10') expectNear(result.meanSecondsToVerdict, 4, 0.6);
  });

  it('15 % on both, 10 requests/s: rolled back in 3.6 %, held in 96 %', async () => {
    const result = await cell('--rps', '10', '--canary-5xx', '15%', '--baseline-5xx', '15%');
    expectNear(result.rolledBack, 0.036, 0.013);
    expectNear(result.held, 0.96, 0.014);
  });

  it('50 % from 40 s on, 10 requests/s: at most the 18 failed requests of the document', async () => {
    const result = await cell('--rps', '10', '--canary-5xx', '50%', '--onset', '40s');
    // By the formulas a look with 9 errors in its 20 requests convicts (K = 330): 13.5, not 18.
    expectNear(result.meanFailedRequests, 13.5, 0.5);
    expect(result.rolledBack + result.rolledBackInWatch).toBe(1);
  });

  it('p = 10 %, 1 request/s, where it is not best: 29 failed requests', async () => {
    const result = await cell('--rps', '1', '--canary-5xx', '10%');
    expectNear(result.meanFailedRequests, 29, 2);
  });
});

describe('what a policy changes', () => {
  let standard: Result;
  beforeAll(async () => {
    standard = await cell('--rps', '10', '--canary-5xx', '100%');
  });

  it('shorter ticks shrink the loss at high traffic', async () => {
    const slow = await cell('--rps', '100', '--canary-5xx', '50%');
    const fast = await cell('--rps', '100', '--canary-5xx', '50%', '--tick', '100ms');
    expect(fast.meanFailedRequests).toBeLessThan(slow.meanFailedRequests / 3);
  });

  it('a smaller share costs time, and saves fewer requests than it looks', async () => {
    const good = (share: string) => cell('--rps', '10', '--canary-5xx', '0.1%', '--share', share);
    const [large, small] = [await good('50%'), await good('25%')];
    expect(small.meanSecondsToVerdict).toBeGreaterThan(large.meanSecondsToVerdict * 1.5);
    const bad = (share: string) => cell('--rps', '1', '--canary-5xx', '100%', '--share', share);
    const [third, tenth] = [await bad('33%'), await bad('10%')];
    expect(third.meanFailedRequests).toBeLessThan(tenth.meanFailedRequests * 2);
  });

  it('a warm-up costs failed requests, and leaves half-bad releases to the rest of the time', async () => {
    const warm = await cell('--rps', '10', '--canary-5xx', '100%', '--warmup', '10s');
    expect(warm.rolledBack).toBe(1);
    expect(warm.meanFailedRequests).toBeGreaterThan(standard.meanFailedRequests);
    const half = await cell('--rps', '10', '--canary-5xx', '30%', '--warmup', '10s');
    expect(half.meanSecondsToVerdict).toBeGreaterThan(10);
  });
});
