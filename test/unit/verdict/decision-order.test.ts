import { describe, expect, it } from 'vitest';
import type { AnalysisSpec } from '../../../src/domain/service-spec.ts';
import {
  addCondition,
  type ConditionStates,
  conditionResult,
} from '../../../src/domain/verdict/conditions.ts';
import { baselineRecovered } from '../../../src/domain/verdict/recovery.ts';
import { times, verdictOf } from '../../support/verdict.ts';

const clean = { nc: 500, ec: 0, nb: 1_000, eb: 0 };
const allFailing = { nc: 7, ec: 7, nb: 14, eb: 0 };

describe('the order of the decision', () => {
  it('does not promote before minBake, however good it looks', () => {
    expect(verdictOf({ ticks: [clean], bakedMs: 14_999 }).decision).toBe('continue');
    expect(verdictOf({ ticks: [clean], bakedMs: 15_000 }).decision).toBe('promote');
  });

  it('holds when the old release fails as well', () => {
    const ticks = times(30, { nc: 7, ec: 1, nb: 14, eb: 2 });
    expect(verdictOf({ ticks, bakedMs: 59_999 }).decision).toBe('continue');
    const verdict = verdictOf({ ticks, bakedMs: 60_000 });
    expect(verdict).toMatchObject({ decision: 'hold', cause: 'baseline', reason: /not this release/ });
  });

  it('blames the release for what the old one does not do, and for everything where nothing is compared', () => {
    const ticks = times(10, { nc: 7, ec: 5, nb: 14, eb: 10 });
    expect(verdictOf({ ticks }).decision).toBe('continue');
    expect(verdictOf({ ticks, canary: { compare: 'absolute' } }).decision).toBe('rollback');
    expect(verdictOf({ ticks, hasBaseline: false }).decision).toBe('rollback');
    expect(verdictOf({ ticks: times(10, { nc: 7, ec: 5, nb: 14, eb: 0 }) }).decision).toBe('rollback');
  });

  it('threat 17: says that a canary without requests was promoted on low evidence', () => {
    expect(verdictOf({ ticks: [{ nc: 0, ec: 0, nb: 0, eb: 0 }], bakedMs: 60_000 })).toMatchObject({
      decision: 'promote',
      evidence: 'low',
      reason: 'promoted after 60.0 s on low evidence: no requests at all',
    });
  });

  it('threat 18: decides nothing without metrics until the policy does', () => {
    for (const ticks of [[clean], [allFailing]])
      expect(verdictOf({ ticks, bakedMs: 70_000, blindMs: 59_999 })).toEqual({ decision: 'continue' });
    const blind = { ticks: [clean], bakedMs: 70_000, blindMs: 60_000 };
    expect(verdictOf(blind)).toMatchObject({ decision: 'hold', cause: 'no-metrics' });
    expect(verdictOf({ ...blind, canary: { onNoMetrics: 'rollback' } }).decision).toBe('rollback');
    expect(verdictOf({ ...blind, canary: { onNoMetrics: 'health-only' } })).toMatchObject({
      decision: 'promote',
      evidence: 'none',
    });
  });
});

describe('the warm-up', () => {
  const canary = { warmupMs: 10_000 };
  /** 30 % in the first ten seconds: ticks that begin before 12 s, for a count may be one tick late. */
  const cold = times(6, { nc: 7, ec: 2, nb: 14, eb: 0 });

  it('holds nothing against a release that fails up to half of its requests', () => {
    expect(verdictOf({ ticks: cold }).decision).toBe('rollback');
    expect(verdictOf({ ticks: cold, canary, bakedMs: 10_000 }).decision).toBe('continue');
    expect(verdictOf({ ticks: [...cold, clean], canary, bakedMs: 30_000 })).toMatchObject({
      decision: 'promote',
      reason: /^promoted after 30.0 s: 0 of 500 .*; 12 of 42 in its warm-up$/,
    });
  });

  it('rolls back one that fails nearly all of them', () => {
    expect(verdictOf({ ticks: times(3, allFailing), canary, bakedMs: 6_000 })).toMatchObject({
      decision: 'rollback',
      reason:
        'rolled back after 6.0 s: 21 of 21 canary requests failed (5xx), 0 of 42 on the old release, in its warm-up',
    });
  });

  it('shows nothing to be good', () => {
    expect(
      verdictOf({ ticks: times(5, clean), canary: { ...canary, minBakeMs: 0 }, bakedMs: 10_000 }).decision,
    ).toBe('continue');
  });

  it('has ended for the fault that begins after it', () => {
    const ticks = [...times(6, { ...clean, nc: 7 }), ...times(2, allFailing)];
    expect(verdictOf({ ticks, canary, bakedMs: 16_000 }).decision).toBe('rollback');
  });
});

describe('conditions on PromQL queries', () => {
  const p95: AnalysisSpec = { name: 'p95', query: 'q', max: 0.5, failures: 2, windowMs: 0 };
  const said = (...values: (number | null)[]): ConditionStates =>
    values.reduce<ConditionStates>(
      (states, value) =>
        addCondition(
          states,
          value === null
            ? { name: 'p95', outcome: 'no-evidence', detail: 'no series' }
            : conditionResult(p95, value),
        ),
      {},
    );
  const verdict = (conditions: ConditionStates, bakedMs = 20_000) =>
    verdictOf({ ticks: [clean], analysis: [p95], conditions, bakedMs });

  it('promote together with the evidence, and never before they have been met', () => {
    expect(verdict(said(0.4)).decision).toBe('promote');
    expect(verdict({}).decision).toBe('continue');
    expect(verdict(said(null)).decision).toBe('continue');
    expect(verdict(said(0.4, 0.6)).decision).toBe('continue');
  });

  it('roll back when they are violated as often in a row as the app allows', () => {
    expect(verdict(said(0.6, 0.83))).toMatchObject({
      decision: 'rollback',
      reason: 'rolled back after 20.0 s: p95 is 0.83, above its max 0.5, 2 times in a row',
    });
    expect(verdict(said(0.6, 0.4, 0.6)).decision).toBe('continue');
    expect(verdict(said(0.6, null, 0.6)).decision).toBe('rollback');
  });

  it('that told nothing make the promotion one of low evidence, and a last violation a rollback', () => {
    expect(verdict(said(null), 60_000)).toMatchObject({
      decision: 'promote',
      evidence: 'low',
      reason: /; p95 told nothing \(no series\)$/,
    });
    expect(verdict(said(0.6), 60_000).decision).toBe('rollback');
  });

  it('judge a number by min and max', () => {
    const both = { ...p95, min: 0.1 };
    expect(conditionResult(both, 0.1).outcome).toBe('met');
    expect(conditionResult(both, 0.5).outcome).toBe('met');
    expect(conditionResult(both, 0.05)).toMatchObject({
      outcome: 'violated',
      detail: '0.05, below its min 0.1',
    });
  });
});

describe('a baseline that has failed', () => {
  const outage = times(20, { nc: 0, ec: 0, nb: 14, eb: 3 });
  const well = { nc: 0, ec: 0, nb: 1, eb: 0 };

  it('is well again after as many clean requests as promote a canary, whatever was before', () => {
    expect(baselineRecovered([...outage, ...times(64, well)], 0.05)).toBe(false);
    expect(baselineRecovered([...outage, ...times(65, well)], 0.05)).toBe(true);
    expect(baselineRecovered([...outage, ...times(65, well), ...outage], 0.05)).toBe(false);
  });
});
