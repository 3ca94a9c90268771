import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPromql } from '../../../src/config/promql.ts';

describe('PromQL that gives one number', () => {
  it.each([
    ['1', 0],
    ['up', 0],
    ['scalar(up) > bool 0.5', 0],
    ['sum by (code) (up)', 0],
    ['sum(rate(a[5m])) / sum(rate(b[1m30s]))', 300_000],
    ['sum(rate(a[1m])) / sum(rate(a[1m] offset 1d))', 60_000],
    ['max_over_time(sum(rate(a[30s]))[1m:5s])', 90_000],
    ['max_over_time((a / b)[1m:])', 60_000],
    ['quantile_over_time(0.9, a[100ms])', 100],
    ['sum(rate(a[1h])) # [1y] ago', 3_600_000],
    ['rate(a # why\n[1m])', 60_000],
    [String.raw`up{a=~"10\\.0\\..*", b='it\'s', c=~${'`\\d+`'}}`, 0],
    ['delta(a[1w]) + idelta(a[1d])', 7 * 86_400_000],
  ])('%s looks back over %i ms', (query, lookBackMs) => expect(checkPromql(query)).toEqual({ lookBackMs }));
});

describe('what is refused, and where', () => {
  it.each([
    ['', 'ends too early', 0],
    ['sum(', 'ends too early', 4],
    ['up{a="b"', 'ends too early', 8],
    ['up up', 'is no PromQL from "up" on', 3],
    ['1)', 'is no PromQL from ")" on', 1],
    ['up{a="b"}}', 'is no PromQL from "}" on', 9],
    ['rate(a.b[5m])', 'is no PromQL from ".b[5m])" on', 6],
    ['1 + avrage(up)', 'calls avrage(), which is no function', 4],
    ['up{a="b}', 'a string without its end', 5],
    [String.raw`up{a=~"\d"}`, 'an escape that PromQL does not know', 6],
    ['rate(a[0s])', 'a duration such as 30s', 7],
    ['rate(a[300])', 'a duration such as 30s', 7],
    ['rate(a[1m+step()])', 'a duration such as 30s', 7],
    ['sum(rate(a))', 'needs a range in rate(), for example [1m]', 4],
    ['avg_over_time(a)', 'needs a range in avg_over_time()', 0],
    ['abs(a[1m])', 'gives abs() a range', 4],
    ['sum(a[1m])', 'calculates with a range', 4],
    ['sum(1 - (a[1m]))', 'calculates with a range', 8],
    ['1 - a[1m]', 'has a range on something else than a metric', 0],
    ['rate(sum(a)[1m])', 'has a range on something else than a metric', 5],
    ['max_over_time(a[1m][1m:])', 'has a range on something else than a metric', 14],
    ['a == "b"', 'calculates with a text', 5],
    ['"a"', 'gives a text', 0],
    ['("a")', 'gives a text', 0],
    ['a[1m]', 'returns several values', 0],
    ['(a[1m] offset 1m)', 'returns several values', 0],
    ['a[5m:10s] @ end()', 'returns several values', 0],
    ['# why\na[1m]', 'returns several values', 0],
  ])('%s', (query, message, at) =>
    expect(checkPromql(query)).toEqual({ message: expect.stringContaining(message), at }),
  );

  it.each(['(', 'sum(', '-', '1+', '{', 'up[1m:]', '"', '1 ', 'x offset ', 'up{a=', ')'])(
    '2000 characters of %j have an answer too',
    (piece) => {
      const query = `${piece.repeat(1_999 / piece.length)}1`;
      expect(Object.keys(checkPromql(query))).not.toEqual([]);
    },
  );

  it('always has an answer, and a place within the text', () => {
    const words = [
      'sum',
      'rate',
      'up',
      '(',
      ')',
      '[5m]',
      '[1m:]',
      '{',
      '}',
      'a="b"',
      '"',
      '+',
      ' ',
      '1',
      ',',
    ];
    const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 3 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (parts) => {
        const query = parts.join('');
        const result = checkPromql(query);
        if ('lookBackMs' in result) return Number.isFinite(result.lookBackMs) && result.lookBackMs >= 0;
        return result.at >= 0 && result.at <= query.length && result.message !== '';
      }),
      { numRuns: 500 },
    );
  });
});
