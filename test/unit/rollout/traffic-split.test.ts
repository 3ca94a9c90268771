import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalWeight, shareOf, splitTraffic } from '../../../src/domain/traffic-split.ts';

describe('splitTraffic', () => {
  it.each([
    [0.25, 3, { canary: 100, baseline: 100 }],
    [0.5, 1, { canary: 100, baseline: 100 }],
    [0.1, 1, { canary: 11, baseline: 99 }],
    [0.34, 3, { canary: 153, baseline: 99 }],
  ])('gives a canary %d beside %d old replicas', (share, replicas, split) => {
    expect(splitTraffic(share, replicas)).toEqual(split);
  });

  it('gives the canary everything when it is alone', () => {
    expect(splitTraffic(0.25, 0)).toEqual({ canary: equalWeight, baseline: equalWeight });
  });

  it('is as exact as whole weights of at most 256 allow', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 1, max: 100 }),
        (share, replicas) => {
          const split = splitTraffic(share, replicas);
          const error = Math.abs(shareOf(split, replicas) - share);
          for (const weight of [split.canary, split.baseline]) {
            expect(Number.isInteger(weight) && weight >= 1 && weight <= 256).toBe(true);
          }
          for (let baseline = 1; baseline <= 256; baseline++) {
            for (const canary of [split.canary - 1, split.canary, split.canary + 1]) {
              if (canary < 1 || canary > 256) continue;
              const other = Math.abs(shareOf({ canary, baseline }, replicas) - share);
              expect(other).toBeGreaterThan(error - 1e-8);
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
