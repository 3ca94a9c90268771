import { describe, expect, it } from 'vitest';
import { nextTry } from '../../../src/domain/notice/next-try.ts';

const first = { count: 1, forMs: 0, retryAfterMs: null, needsPerson: false };

describe('the next try', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [4, 8_000],
    [7, 60_000],
    [5_000, 60_000],
  ])('after %i failures comes after %i ms', (count, ms) => expect(nextTry({ ...first, count })).toBe(ms));

  it('does not come before the service wants it', () => {
    expect(nextTry({ ...first, retryAfterMs: 30_000 })).toBe(30_000);
    expect(nextTry({ ...first, count: 9, retryAfterMs: 500 })).toBe(60_000);
  });

  it('comes once a minute while a person has to mend something', () =>
    expect(nextTry({ ...first, needsPerson: true })).toBe(60_000));

  it('never comes after a day', () => {
    expect(nextTry({ ...first, forMs: 24 * 3_600_000 - 1 })).toBe(1_000);
    expect(nextTry({ ...first, forMs: 24 * 3_600_000 })).toBeNull();
  });
});
