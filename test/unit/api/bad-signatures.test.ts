import { expect, it } from 'vitest';
import { BadSignatures } from '../../../src/intake/bad-signatures.ts';

it('threat 32: holds a bounded number of addresses, forgetting the oldest', () => {
  const bad = new BadSignatures({ limit: 1, maxAddresses: 100 });
  for (let address = 0; address < 10_000; address += 1) bad.note(`10.0.${address >> 8}.${address & 255}`);
  expect(bad.addresses).toBe(100);
  expect(bad.note('10.0.39.15').overLimit).toBe(true);
  expect(bad.note('10.0.0.1').overLimit).toBe(false);
});

it('counts anew after a minute', () => {
  let now = 0;
  const bad = new BadSignatures({ limit: 2, monotonicMs: () => now });
  expect([bad.note('a'), bad.note('a'), bad.note('a')].map(({ overLimit }) => overLimit)).toEqual([
    false,
    false,
    true,
  ]);
  now = 60_000;
  expect(bad.note('a')).toEqual({ overLimit: false, logIt: true });
});
