import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covered, type Span, united, without } from '../../bench/spans.ts';

const spans = fc.array(
  fc.record({ from: fc.integer({ min: 0, max: 40 }), to: fc.integer({ min: 0, max: 40 }) }),
  { maxLength: 6 },
);
/** Whether the ms that begins at this time is in one of them: the plainest possible definition. */
const holds = (list: readonly Span[], time: number) => list.some(({ from, to }) => from <= time && time < to);
const times = Array.from({ length: 41 }, (_, time) => time);

describe('spans of time', () => {
  it('counts once what overlaps', () => {
    expect(
      covered([
        { from: 0, to: 10 },
        { from: 5, to: 12 },
        { from: 20, to: 21 },
      ]),
    ).toBe(13);
  });

  it('cuts holes into a span', () => {
    expect(
      without(
        [{ from: 0, to: 10 }],
        [
          { from: 2, to: 3 },
          { from: 8, to: 99 },
        ],
      ),
    ).toEqual([
      { from: 0, to: 2 },
      { from: 3, to: 8 },
    ]);
  });

  it('agrees with looking at every single ms', () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        for (const time of times) {
          expect(holds(united(a), time)).toBe(holds(a, time));
          expect(holds(without(a, b), time)).toBe(holds(a, time) && !holds(b, time));
        }
        expect(covered(a)).toBe(times.filter((time) => holds(a, time)).length);
      }),
    );
  });
});
