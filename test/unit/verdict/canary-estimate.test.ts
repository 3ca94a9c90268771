import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateSentence } from '../../../src/domain/canary-estimate.ts';
import type { CanaryPolicy } from '../../../src/domain/journal.ts';

const policy = (change: Partial<CanaryPolicy> = {}): CanaryPolicy => ({
  share: 0.25,
  warmupMs: 0,
  minBakeMs: 0,
  maxBakeMs: 60_000,
  max5xx: 0.05,
  watchMs: 600_000,
  compare: 'baseline',
  onNoMetrics: 'hold',
  metricsTimeoutMs: 60_000,
  replicas: 4,
  ...change,
});
const failing = (sentence: string) => Number(/rolled back after (\d+) of its requests/.exec(sentence)?.[1]);
const promotedAfter = (sentence: string) => Number(/is promoted in about (\d+) s/.exec(sentence)?.[1]);

describe('estimateSentence', () => {
  it('is one sentence for people', () => {
    expect(estimateSentence(policy({ minBakeMs: 15_000 }), 10)).toBe(
      'At this traffic (10 requests/s) a clean release is promoted in about 26 s, ' +
        'an all-failing one is rolled back after 4 of its requests.',
    );
  });

  it.each([
    [3, 4],
    [5, 4],
    [2, 6],
    [10, 3],
  ])('with %i replicas an all-failing release goes back after %i requests', (replicas, requests) => {
    expect(failing(estimateSentence(policy({ replicas, share: 1 / replicas }), 1))).toBe(requests);
  });

  it('with nothing to compare, or nobody asked for it, after 3', () => {
    expect(failing(estimateSentence(policy({ compare: 'absolute' }), 1))).toBe(3);
    expect(failing(estimateSentence(policy({ share: 1 }), 1))).toBe(3);
  });

  it.each([
    [0.05, 65],
    [0.1, 32],
    [0.02, 165],
    [0.01, 330],
  ])('at a limit of %d it takes %i clean requests', (max5xx, requests) => {
    const one = { max5xx, share: 0.5, maxBakeMs: 3_600_000 };
    expect(promotedAfter(estimateSentence(policy(one), 2))).toBe(requests);
  });

  it('is not before minBake, nor before the warm-up is over', () => {
    expect(promotedAfter(estimateSentence(policy({ minBakeMs: 15_000 }), 1_000))).toBe(15);
    const afterWarmUp = promotedAfter(estimateSentence(policy({ warmupMs: 10_000 }), 10));
    // 26 s, the warm-up, and the tick by which a count may be late
    expect(afterWarmUp).toBe(37);
  });

  it('says that little traffic is little evidence, and none is none', () => {
    expect(estimateSentence(policy(), 0.1)).toBe(
      'At this traffic (0.1 requests/s) a clean release is promoted on low evidence at maxBake, 60 s, ' +
        'an all-failing one is rolled back after 4 of its requests.',
    );
    expect(estimateSentence(policy(), 0)).toBe(
      'Without requests a release is promoted at maxBake, 60 s, on low evidence.',
    );
  });

  it('counts at least the requests of one tick: nothing is seen before', () => {
    expect(failing(estimateSentence(policy(), 400))).toBe(100);
  });

  it('is a sentence for every policy and traffic', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 0.99, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.nat({ max: 60_000 }),
        (max5xx, share, replicas, perSecond, warmupMs) => {
          const sentence = estimateSentence(policy({ max5xx, share, replicas, warmupMs }), perSecond);
          expect(sentence).toMatch(/^(At this traffic|Without requests) .*\.$/);
          expect(sentence).not.toMatch(/NaN|Infinity|e[+-]\d/);
        },
      ),
      { numRuns: 200 },
    );
  });
});
