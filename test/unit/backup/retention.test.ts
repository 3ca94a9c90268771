import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expired } from '../../../src/domain/backup/retention.ts';
import { isDue, lastSlot, nextSlot } from '../../../src/domain/backup/schedule.ts';

const dayMs = 86_400_000;
const daily = (days: number) =>
  Array.from({ length: days }, (_, day) => ({
    id: `b${day}`,
    createdAt: new Date(Date.UTC(2026, 0, 1, 2) + day * dayMs),
  }));
const kept = (all: ReturnType<typeof daily>, keep: Parameters<typeof expired>[1]) => {
  const gone = new Set(expired(all, keep));
  return all.filter(({ id }) => !gone.has(id)).map(({ createdAt }) => createdAt.toISOString().slice(0, 10));
};

describe('what is kept', () => {
  it('is the newest, and the newest of days, weeks from Monday and months', () => {
    // 2026-03-31 is a Tuesday
    expect(kept(daily(90), { last: 1, daily: 3, weekly: 3, monthly: 3 })).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-22',
      '2026-03-29',
      '2026-03-30',
      '2026-03-31',
    ]);
  });

  it('counts days that have a backup, not days that passed', () => {
    const [old, older] = [daily(2)[1], daily(1)[0]].filter((one) => one !== undefined);
    const all = [
      ...daily(0),
      ...(old && older ? [older, old] : []),
      { id: 'now', createdAt: new Date('2026-09-01') },
    ];
    expect(expired(all, { last: 1, daily: 3, weekly: 0, monthly: 0 })).toEqual([]);
  });

  const keeps = fc.record({
    last: fc.nat(5),
    daily: fc.nat(10),
    weekly: fc.nat(6),
    monthly: fc.nat(6),
  });
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 400 * dayMs }), { minLength: 1, maxLength: 60 });

  it('always has the newest, is bounded, and does not change when looked at again', () => {
    fc.assert(
      fc.property(times, keeps, (moments, keep) => {
        const all = moments.map((ms) => ({ id: String(ms), createdAt: new Date(Date.UTC(2026, 0, 1) + ms) }));
        const gone = expired(all, keep);
        const left = all.filter(({ id }) => !gone.includes(id));
        expect(gone).not.toContain(String(Math.max(...moments)));
        expect(left.length).toBeLessThanOrEqual(
          Math.max(1, keep.last) + keep.daily + keep.weekly + keep.monthly,
        );
        expect(expired(left, keep)).toEqual([]);
      }),
    );
  });
});

describe('when a run is due', () => {
  const at = { hour: 2, minute: 0 };
  const local = (text: string) => new Date(text);
  it.each([
    ['before its time', '2026-11-25T01:59:59', '2026-11-24T02:00:03', false],
    ['at its time', '2026-11-25T02:00:00', '2026-11-24T02:00:03', true],
    ['once it began', '2026-11-25T02:05:00', '2026-11-25T02:00:01', false],
    ['when the host was off for three days', '2026-11-27T09:00:00', '2026-11-24T02:00:03', true],
    ['once, after that', '2026-11-27T09:00:05', '2026-11-27T09:00:01', false],
    ['after one by hand in the evening', '2026-11-25T03:00:00', '2026-11-24T22:00:00', true],
  ])('%s', (_, now, last, due) => {
    expect(isDue(at, local(last), local('2026-01-01T00:00:00'), local(now))).toBe(due);
  });

  it('waits for its first time', () => {
    const since = local('2026-11-25T12:00:00');
    expect(isDue(at, null, since, local('2026-11-25T12:00:01'))).toBe(false);
    expect(isDue(at, null, since, local('2026-11-26T02:00:00'))).toBe(true);
  });

  it('lies between the last slot and the next, a day apart', () => {
    const now = local('2026-11-25T01:00:00');
    expect(lastSlot(at, now)).toEqual(local('2026-11-24T02:00:00'));
    expect(nextSlot(at, now)).toEqual(local('2026-11-25T02:00:00'));
    expect(nextSlot(at, local('2026-11-25T02:00:00'))).toEqual(local('2026-11-26T02:00:00'));
  });
});
