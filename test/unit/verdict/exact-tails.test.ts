import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTail, fisherTail, upperBound95 } from '../../../src/domain/verdict/exact-tails.ts';

describe('the exact tails', () => {
  it('agree with values known from elsewhere', () => {
    expect(binomialTail(3, 10, 0.5)).toBeCloseTo(1 - 56 / 1024, 12);
    expect(binomialTail(0, 10, 0.5)).toBe(1);
    expect(fisherTail(3, 4, 1, 4)).toBeCloseTo(17 / 70, 12);
    expect(upperBound95(0, 12)).toBeCloseTo(1 - 0.05 ** (1 / 12), 9);
    expect(upperBound95(0, 0)).toBe(1);
  });

  it('agree with sums written out, and stay probabilities for huge counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, p) => {
          let choose = 1;
          let tail = 0;
          for (let k = 0; k <= n; k++) {
            if (k >= n / 2) tail += choose * p ** k * (1 - p) ** (n - k);
            choose = (choose * (n - k)) / (k + 1);
          }
          expect(binomialTail(Math.ceil(n / 2), n, p)).toBeCloseTo(tail, 9);
        },
      ),
    );
    expect(binomialTail(50_000, 1_000_000, 0.05)).toBeCloseTo(0.5, 2);
    expect(fisherTail(500, 1_000_000, 500, 1_000_000)).toBeCloseTo(0.5, 1);
    expect(upperBound95(50_000, 1_000_000)).toBeCloseTo(0.0504, 3);
  });
});
