import { describe, expect, it } from 'vitest';
import { type Cell, cells, comparisonTable, type Outcome, problems } from '../../bench/comparison-cells.ts';

const bad: Cell = { name: 'all 5xx, 10/s', requestsPerSecond: 10, failShare: 1, right: 'rollback' };
const good: Cell = { name: 'good, 10/s', requestsPerSecond: 10, failShare: 0, right: 'promote' };
const outcome = (change: Partial<Outcome>): Outcome => ({
  cell: bad,
  rule: 'siskin',
  decision: 'rollback',
  seconds: 2,
  failed: 4,
  failedElsewhere: 0,
  ...change,
});

describe("the comparison of Siskin's rule with a fixed window", () => {
  it("has one row for each cell: both rules' medians and what Siskin's is of the other", () => {
    const { title, rows } = comparisonTable(
      [
        outcome({ rule: 'fixed', failed: 150, seconds: 60 }),
        outcome({ failed: 4, seconds: 2 }),
        outcome({ failed: 9, seconds: 9 }),
        outcome({ failed: 6, seconds: 3 }),
        outcome({ cell: good, rule: 'fixed', decision: 'promote', failed: 0, seconds: 60 }),
        outcome({ cell: good, decision: 'promote', failed: 0, seconds: 24 }),
      ],
      { windowMs: 60_000, quick: false },
    );
    expect(title).toBe('Siskin against a fixed 60 s / 5 % window, medians');
    expect(rows).toEqual([
      ['all 5xx, 10/s', 6, 150, 0.04, 3, 60, 0.05],
      ['good, 10/s', 0, 0, Number.NaN, 24, 60, 0.4],
    ]);
  });

  it('says so when the window is not the one that it is about', () => {
    const { title } = comparisonTable([outcome({})], { windowMs: 10_000, quick: true });
    expect(title).toBe(
      'Siskin against a fixed 10 s / 5 % window (quick: one cell, a shorter window than 60 s), medians',
    );
  });

  it('fails for a wrong decision and for requests that the old release lost, never for being slow', () => {
    expect(problems(outcome({ seconds: 3_600, failed: 10_000 }))).toEqual([]);
    expect(problems(outcome({ decision: 'held' }))).toEqual([
      'all 5xx, 10/s, siskin: held instead of rollback',
    ]);
    expect(problems(outcome({ cell: good, rule: 'fixed', failedElsewhere: 2, decision: 'promote' }))).toEqual(
      ['good, 10/s, fixed: 2 requests failed that the canary did not answer'],
    );
  });

  it('tries nothing that the fixed window cannot decide rightly, too', () => {
    for (const { failShare, right } of cells) expect(right).toBe(failShare > 0.05 ? 'rollback' : 'promote');
  });
});
