import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../src/domain/canary-verdict.ts';
import type { TickCounts } from '../../../src/domain/verdict/counts.ts';
import { type EvidenceTick, evidenceSetting, measuresOf } from '../../../src/domain/verdict/evidence.ts';
import { inTime, standardCanary as spec } from '../../support/verdict.ts';

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
const replicas = fc.integer({ min: 1, max: 100 });

/** Small ticks: there the measures are not at the ends of what a number can say. */
const smallTick = fc
  .record({
    nc: fc.nat({ max: 12 }),
    nb: fc.nat({ max: 24 }),
    c: fc.nat({ max: 12 }),
    b: fc.nat({ max: 24 }),
  })
  .map(({ nc, nb, c, b }) => ({ nc, nb, ec: Math.min(nc, c), eb: Math.min(nb, b) }));

const measures = (ticks: readonly TickCounts[], max5xx: number, of: number, warmupMs = 0) => {
  const setting = evidenceSetting({ ...spec, max5xx, warmupMs }, of, 1_000);
  const evidence = evidenceOf(inTime(ticks), setting);
  return { evidence, measures: measuresOf(evidence, setting, warmupMs === 0 ? 0 : ticks.length * 2_000) };
};

describe('the measures', () => {
  it('are numbers, whatever is counted, in the warm-up too', () => {
    fc.assert(
      fc.property(
        fc.array(tick, { maxLength: 40 }),
        fc.oneof(theta, fc.constantFrom(0.001, 0.5, 0.98, 0.999)),
        replicas,
        fc.constantFrom(0, 10_000),
        (ticks, max5xx, of, warmupMs) => {
          for (const value of Object.values(measures(ticks, max5xx, of, warmupMs).measures))
            expect(Number.isFinite(value) && value >= 0).toBe(true);
        },
      ),
    );
  });

  it('U and V never fall with one more error of the canary', () => {
    fc.assert(
      fc.property(
        fc.array(smallTick, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        theta,
        replicas,
        (ticks, at, t, of) => {
          const worse = ticks.map((one, index) =>
            index === at % ticks.length ? { ...one, ec: Math.min(one.nc, one.ec + 1) } : one,
          );
          const before = measures(ticks, t, of).measures;
          const after = measures(worse, t, of).measures;
          expect(after.u).toBeGreaterThanOrEqual(before.u * (1 - 1e-9));
          expect(after.v).toBeGreaterThanOrEqual(before.v * (1 - 1e-9));
          expect(after.d).toBeLessThanOrEqual(before.d * (1 + 1e-9));
        },
      ),
    );
  });

  it('the plain likelihood ratios and D are the same however a tick is split', () => {
    fc.assert(
      fc.property(fc.array(smallTick, { minLength: 1, maxLength: 20 }), theta, replicas, (ticks, t, of) => {
        const halves = ticks.flatMap(({ nc, ec, nb, eb }) => {
          const half = {
            nc: Math.floor(nc / 2),
            ec: Math.min(ec, Math.floor(nc / 2)),
            nb: Math.floor(nb / 2),
            eb: 0,
          };
          return [half, { nc: nc - half.nc, ec: ec - half.ec, nb: nb - half.nb, eb }];
        });
        const whole = measures(ticks, t, of);
        const split = measures(halves, t, of);
        expect(split.measures.d).toBeCloseTo(whole.measures.d, 6);
        for (const [index, log] of whole.evidence.afterwards.exceeds.plain.entries())
          expect(split.evidence.afterwards.exceeds.plain[index]).toBeCloseTo(log, 6);
      }),
    );
  });
});

describe('the mean of the evidence under its null, counted out over every outcome of 10 requests', () => {
  /** Every outcome of five ticks of one request on each side, with its probability. */
  function* outcomes(pc: number, pb: number): Generator<{ ticks: EvidenceTick[]; weight: number }> {
    for (let outcome = 0; outcome < 1 << 10; outcome++) {
      const failures = Array.from({ length: 10 }, (_, bit) => (outcome >> bit) & 1);
      const ticks = [0, 1, 2, 3, 4].map((index) => ({
        nc: 1,
        ec: failures[2 * index] ?? 0,
        nb: 1,
        eb: failures[2 * index + 1] ?? 0,
      }));
      const weight = failures.reduce((product, failure, bit) => {
        const p = bit % 2 === 0 ? pc : pb;
        return product * (failure ? p : 1 - p);
      }, 1);
      yield { ticks: inTime(ticks), weight };
    }
  }

  function means(pc: number, pb: number, warmupMs = 0) {
    const setting = evidenceSetting({ ...spec, warmupMs }, 2, 30_000);
    const mean = { u: 0, v: 0, total: 0 };
    for (const { ticks, weight } of outcomes(pc, pb)) {
      const { u, v } = measuresOf(evidenceOf(ticks, setting), setting, 0);
      mean.u += weight * u;
      mean.v += weight * v;
      mean.total += weight;
    }
    expect(mean.total).toBeCloseTo(1, 9);
    return mean;
  }
  const one = 1 + 1e-9;

  it.each([0.001, 0.02, 0.05])('U: at most 1 for a canary that fails %d', (pc) => {
    expect(means(pc, 0.001).u).toBeLessThanOrEqual(one);
    expect(means(pc, 0.9).u).toBeLessThanOrEqual(one);
  });

  it.each([
    [0.001, 0.001],
    [0.05, 0.05],
    [0.3, 0.3],
    [0.9, 0.9],
    [0.1, 0.4],
    [0, 1],
  ])('V: at most 1 for a canary that fails %d beside an old release that fails %d', (pc, pb) => {
    expect(means(pc, pb).v).toBeLessThanOrEqual(one);
  });

  it('U in the warm-up: at most 1 for a canary that fails half of its requests', () => {
    expect(means(0.5, 0.001, 1_000_000).u).toBeLessThanOrEqual(one);
  });

  it('is above 1 where the null does not hold: the test can fail', () => {
    expect(means(0.2, 0.001).u).toBeGreaterThan(1.5);
    expect(means(0.2, 0.001).v).toBeGreaterThan(1.05);
  });
});
