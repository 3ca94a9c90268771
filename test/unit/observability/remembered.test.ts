import { expect, it } from 'vitest';
import { freeShare } from '../../../src/observability/free-share.ts';
import { remembered } from '../../../src/observability/remembered.ts';

it('reads again when the answer is too old, and after a failure', async () => {
  let now = 0;
  let reads = 0;
  const read = remembered(
    () => {
      reads += 1;
      return reads === 3 ? Promise.reject(new Error('away')) : Promise.resolve(reads);
    },
    100,
    () => now,
  );
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  now = 99;
  expect(await read()).toBe(1);
  now = 100;
  expect(await read()).toBe(2);
  now = 200;
  await expect(read()).rejects.toThrow('away');
  expect(await read()).toBe(4);
});

it('knows how much of a disk is free, and of no folder nothing', async () => {
  const share = await freeShare('/');
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThanOrEqual(1);
  await expect(freeShare('/no/such/folder')).rejects.toMatchObject({ code: 'ENOENT' });
});
