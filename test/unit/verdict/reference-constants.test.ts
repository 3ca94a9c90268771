import { describe, expect, it } from 'vitest';
import type { TickCounts } from '../../../src/domain/verdict/counts.ts';
import { verdictOf } from '../../support/verdict.ts';

/** Canary requests until an all-failing canary is rolled back, its share being 1/replicas, a tick a request. */
function requestsToRollBack(replicas: number, hasBaseline: boolean): number {
  const ticks: TickCounts[] = [];
  for (let nc = 1; nc <= 50; nc++) {
    ticks.push({ nc: 1, ec: 1, nb: hasBaseline ? replicas - 1 : 0, eb: 0 });
    const verdict = verdictOf({ ticks, replicas, hasBaseline, bakedMs: 1_000 });
    if (verdict.decision === 'rollback') return nc;
  }
  return Number.POSITIVE_INFINITY;
}

const cleanToPromote = (max5xx: number, first: TickCounts[] = []): number => {
  for (let nc = 1; ; nc++) {
    const rest = { nc: nc - first.reduce((sum, tick) => sum + tick.nc, 0), ec: 0, nb: 0, eb: 0 };
    if (rest.nc < 0) continue;
    if (verdictOf({ ticks: [...first, rest], canary: { max5xx } }).decision === 'promote') return nc;
  }
};

describe("VERDICT.md's reference constants", () => {
  it.each([
    ['absolute', 3, false, 3],
    ['2 replicas', 2, true, 6],
    ['3 replicas', 3, true, 4],
    ['5 replicas', 5, true, 4],
    ['10 replicas', 10, true, 3],
  ])('rolls an all-5xx canary back (%s)', (_name, replicas, hasBaseline, requests) => {
    expect(requestsToRollBack(replicas, hasBaseline)).toBe(requests);
  });

  it.each([
    [0.05, 65],
    [0.1, 32],
    [0.02, 165],
    [0.01, 330],
  ])('promotes at theta %d after %d clean requests', (theta, requests) => {
    expect(cleanToPromote(theta)).toBe(requests);
  });

  it('wants 124 requests when the first one failed', () => {
    expect(cleanToPromote(0.05, [{ nc: 1, ec: 1, nb: 0, eb: 0 }])).toBe(124);
  });

  it('promotes twelve clean requests at the deadline as below 22.1 %', () => {
    expect(verdictOf({ ticks: [{ nc: 12, ec: 0, nb: 24, eb: 0 }], bakedMs: 60_000 })).toEqual({
      decision: 'promote',
      evidence: 'low',
      reason:
        'promoted after 60.0 s on low evidence: 0 of 12 canary requests failed (5xx), 0 of 24 on the old release; ' +
        'with 95 % certainty below 22.1 %',
    });
  });
});
