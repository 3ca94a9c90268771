import { expect, it } from 'vitest';
import { age } from '../../../src/config/siskin/age.ts';

it.each([
  ['36h', 36 * 3_600_000],
  ['90d', 90 * 24 * 3_600_000],
  ['3650d', 3_650 * 24 * 3_600_000],
  ['0d', 0],
])('reads the age %s', (written, expected) => expect(age.parse(written)).toBe(expected));

it.each(['', '90', 90, '90 d', '-1d', '1.5d', '1d12h', '90m', '3651d', '99999d', '9e9d', '٩d'])(
  'refuses %j as an age',
  (written) => expect(age.parse(written)).toBeUndefined(),
);

it('names ages that are right', () => {
  for (const example of age.expected.match(/\d+[hd]/g) ?? []) expect(age.parse(example)).toBeGreaterThan(0);
  expect(age.expected.match(/\d+[hd]/g)).toHaveLength(2);
});
