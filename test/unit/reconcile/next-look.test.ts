import { expect, it } from 'vitest';
import { lookPace, nextLookMs } from '../../../src/domain/reconcile/next-look.ts';

const waits = (failures: number, confirm = false) =>
  [0, 0.5, 1].map((random) => nextLookMs(lookPace, { failures, confirm }, random) / 1000);

it('every minute, ten seconds more or less', () => {
  expect(waits(0)).toEqual([50, 60, 70]);
});

it('doubles with every failure, up to half an hour', () => {
  expect([1, 2, 3, 4, 5, 60].map((failures) => waits(failures)[1])).toEqual([120, 240, 480, 960, 1800, 1800]);
});

it('comes back soon to confirm, but not to a repository that fails', () => {
  expect(waits(0, true)).toEqual([10, 10, 10]);
  expect(waits(2, true)[1]).toBe(240);
});

it('never waits less than nothing, however short the pace', () => {
  expect(nextLookMs({ ...lookPace, everyMs: 5 }, { failures: 0, confirm: false }, 0)).toBe(0);
});
