import { describe, expect, it } from 'vitest';
import { cpus, duration, share, size, type Unit } from '../../../src/config/units.ts';

const table = (unit: Unit, good: [string | number, number][], bad: (string | number)[]) => {
  it.each(good)('reads %j as %j', (written, expected) => expect(unit.parse(written)).toBe(expected));
  it.each(bad.map((written) => [written]))('refuses %j', (written) =>
    expect(unit.parse(written)).toBeUndefined(),
  );
};

describe('durations', () =>
  table(
    duration,
    [
      ['250ms', 250],
      ['15s', 15_000],
      ['2m', 120_000],
      ['1h', 3_600_000],
      ['1m30s', 90_000],
      ['1.5s', 1500],
      ['0s', 0],
    ],
    ['', '15', 15, '15 s', '-1s', 's', '1d', '1s2', '1e3s', '9999h', '1S', `${'1s'.repeat(40)}`, '١s'],
  ));

describe('sizes', () =>
  table(
    size,
    [
      ['512k', 512 * 1024],
      ['768M', 768 * 2 ** 20],
      ['1g', 2 ** 30],
      ['1.5GiB', 1.5 * 2 ** 30],
      ['100', 100],
      ['100b', 100],
      [1024, 1024],
      [0, 0],
    ],
    ['', 'm', '1 g', '-1m', -1, 1.5, '1x', '1gg', '999999999999999t', Number.NaN, Number.POSITIVE_INFINITY],
  ));

describe('shares', () =>
  table(
    share,
    [
      ['25%', 0.25],
      [0.25, 0.25],
      ['0.25', 0.25],
      ['.5', 0.5],
      ['2.5%', 0.025],
      ['100%', 1],
      [1, 1],
      [0, 0],
    ],
    ['', '%', '101%', 1.01, 2, -0.1, '25 %', '1/4', Number.NaN],
  ));

describe('CPUs', () =>
  table(
    cpus,
    [
      ['1.5', 1_500_000_000],
      ['0.25', 250_000_000],
      [2, 2_000_000_000],
    ],
    ['', '0', 0, '-1', '1,5', '1m', 'all', Number.POSITIVE_INFINITY],
  ));

it('says what would be right', () => {
  for (const unit of [duration, size, share, cpus]) {
    const examples = unit.expected.match(/"?[\d.]+(ms|[smhkMg%])?"?/g) ?? [];
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) expect(unit.parse(example.replaceAll('"', ''))).toBeDefined();
  }
});
