import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canaryVerdict, evidenceOf, type Verdict } from '../../../src/domain/canary-verdict.ts';
import type { TickCounts } from '../../../src/domain/verdict/counts.ts';
import { evidenceSetting, measuresOf } from '../../../src/domain/verdict/evidence.ts';
import { binomialTail, fisherTail, upperBound95 } from '../../../src/domain/verdict/exact-tails.ts';
import { rolloutSpec } from '../../support/specs.ts';

const spec = rolloutSpec({ canary: { minBakeMs: 15_000, maxBakeMs: 60_000, watchMs: 600_000 } }).canary;

function verdict(
  ticks: TickCounts[],
  bakedMs: number,
  replicas = 3,
  hasBaseline = true,
  theta = 0.05,
): Verdict {
  const setting = evidenceSetting({ ...spec, max5xx: theta }, replicas, 2_000);
  const evidence = evidenceOf(ticks, setting);
  return canaryVerdict({ evidence, setting, bakedMs, blindMs: 0, hasBaseline }, { ...spec, max5xx: theta });
}

/** Canary requests until an all-failing canary is rolled back, its share being 1/replicas, a tick a request. */
function requestsToRollBack(replicas: number, hasBaseline: boolean): number {
  const ticks: TickCounts[] = [];
  for (let nc = 1; nc <= 50; nc++) {
    ticks.push({ nc: 1, ec: 1, nb: hasBaseline ? replicas - 1 : 0, eb: 0 });
    if (verdict(ticks, 1_000, replicas, hasBaseline).decision === 'rollback') return nc;
  }
  return Number.POSITIVE_INFINITY;
}

const cleanToPromote = (theta: number, first: TickCounts[] = []): number => {
  for (let nc = 1; ; nc++) {
    const rest = { nc: nc - first.reduce((sum, tick) => sum + tick.nc, 0), ec: 0, nb: 0, eb: 0 };
    if (rest.nc >= 0 && verdict([...first, rest], 20_000, 3, true, theta).decision === 'promote') return nc;
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
    expect(verdict([{ nc: 12, ec: 0, nb: 24, eb: 0 }], 60_000)).toEqual({
      decision: 'promote',
      evidence: 'low',
      reason:
        'promoted after 60.0 s on low evidence: 0 of 12 canary requests failed (5xx), 0 of 24 on the old release; ' +
        'with 95 % certainty below 22.1 %',
    });
  });
});

describe('the order of the decision', () => {
  it('does not promote before minBake, however good it looks', () => {
    expect(verdict([{ nc: 500, ec: 0, nb: 1_000, eb: 0 }], 14_000).decision).toBe('continue');
  });

  it('holds when the old release fails as well', () => {
    const ticks = Array.from({ length: 30 }, () => ({ nc: 7, ec: 1, nb: 14, eb: 2 }));
    expect(verdict(ticks, 60_000)).toMatchObject({ decision: 'hold', reason: /not this release/ });
  });

  it('threat 17: says that a canary without requests was promoted on low evidence', () => {
    expect(verdict([{ nc: 0, ec: 0, nb: 0, eb: 0 }], 60_000)).toMatchObject({
      decision: 'promote',
      evidence: 'low',
      reason: 'promoted after 60.0 s on low evidence: no requests at all',
    });
  });

  it('threat 18: never promotes while there are no metrics', () => {
    const setting = evidenceSetting(spec, 3, 1_000);
    const evidence = evidenceOf([{ nc: 500, ec: 0, nb: 500, eb: 0 }], setting);
    const input = { evidence, setting, bakedMs: 70_000, hasBaseline: true };
    expect(canaryVerdict({ ...input, blindMs: 5_000 }, spec)).toEqual({ decision: 'continue' });
    expect(canaryVerdict({ ...input, blindMs: 10_000 }, spec)).toMatchObject({ decision: 'hold' });
    const rollback = { ...spec, onNoMetrics: 'rollback' as const };
    expect(canaryVerdict({ ...input, blindMs: 10_000 }, rollback)).toMatchObject({ decision: 'rollback' });
  });
});

describe('the measures', () => {
  const counts = fc.record({
    nc: fc.nat({ max: 1_000_000 }),
    nb: fc.nat({ max: 1_000_000 }),
    shareC: fc.double({ min: 0, max: 1, noNaN: true }),
    shareB: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const tick = counts.map(({ nc, nb, shareC, shareB }) => ({
    nc,
    nb,
    ec: Math.floor(nc * shareC),
    eb: Math.floor(nb * shareB),
  }));
  const theta = fc.double({ min: 0.001, max: 0.5, noNaN: true });

  it('are numbers, whatever is counted', () => {
    fc.assert(
      fc.property(
        fc.array(tick, { maxLength: 40 }),
        theta,
        fc.integer({ min: 1, max: 100 }),
        (ticks, max5xx, n) => {
          const setting = evidenceSetting({ ...spec, max5xx }, n, 1_000);
          for (const value of Object.values(measuresOf(evidenceOf(ticks, setting), setting)))
            expect(Number.isFinite(value) && value >= 0).toBe(true);
        },
      ),
    );
  });

  it('have mean at most 1 under their nulls, counted out over every outcome of 10 requests', () => {
    const setting = evidenceSetting(spec, 2, 30_000);
    for (const p of [0.001, 0.02, 0.05]) {
      let meanU = 0;
      let meanV = 0;
      for (let outcome = 0; outcome < 1 << 10; outcome++) {
        const failures = Array.from({ length: 10 }, (_, bit) => (outcome >> bit) & 1);
        const ticks = [0, 1, 2, 3, 4].map((index) => ({
          nc: 1,
          ec: failures[2 * index] ?? 0,
          nb: 1,
          eb: failures[2 * index + 1] ?? 0,
        }));
        const bad = failures.reduce((sum, failure) => sum + failure, 0);
        const weight = p ** bad * (1 - p) ** (10 - bad);
        const { u, v } = measuresOf(evidenceOf(ticks, setting), setting);
        meanU += weight * u;
        meanV += weight * v;
      }
      expect(meanU).toBeLessThanOrEqual(1 + 1e-9);
      expect(meanV).toBeLessThanOrEqual(1 + 1e-9);
    }
  });
});

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
