import { expect, it } from 'vitest';
import { lookPace, nextLookMs } from '../../../src/domain/reconcile/next-look.ts';

const pace = lookPace(40_000);
const waits = (failures: number, confirm = false) =>
  [0, 0.5, 1].map((random) => nextLookMs(pace, { failures, confirm }, random) / 1000);

it('every 40 s at the latest, up to a quarter sooner', () => {
  expect(waits(0)).toEqual([40, 35, 30]);
});

it('leaves a found push a quarter of its minute for the deployment', () => {
  expect(Math.max(...waits(0)) + Math.max(...waits(0, true))).toBeLessThanOrEqual(45);
});

it('doubles with every failure, up to half an hour', () => {
  expect([1, 2, 3, 4, 5, 60].map((failures) => waits(failures)[0])).toEqual([80, 160, 320, 640, 1280, 1800]);
});

it('comes back soon to confirm, but not to a repository that fails', () => {
  expect(waits(0, true)).toEqual([5, 5, 5]);
  expect(waits(2, true)[0]).toBe(160);
});

it('never waits less than nothing, however short the pace', () => {
  expect(nextLookMs({ ...pace, everyMs: 5 }, { failures: 0, confirm: false }, 1)).toBe(0);
});

it('is asked for as often as the operator says, and no less often after failures than half-hourly', () => {
  expect(lookPace(3_600_000)).toMatchObject({ mostMs: 3_600_000, graceMs: 5_000 });
  expect(nextLookMs(lookPace(5_000), { failures: 0, confirm: true }, 0)).toBe(5_000);
});
