import { describe, expect, it } from 'vitest';
import { numberText, tableText } from '../../bench/table.ts';

describe('a table of the bench', () => {
  it('aligns names left and numbers right', () => {
    const text = tableText({
      title: 'times',
      columns: ['stage', 'ms'],
      rows: [
        ['fetch', 64],
        ['the whole release', 3405],
        ['stop', '–'],
      ],
    });
    expect(text.split('\n')).toEqual([
      'times',
      '',
      'stage                ms',
      '-----------------  ----',
      'fetch                64',
      'the whole release  3405',
      'stop                  –',
      '',
    ]);
  });

  it('writes three digits below a hundred, and no number where there is none', () => {
    expect([0, 7, 0.3312, 14.94, 186.4, Number.NaN].map(numberText)).toEqual([
      '0',
      '7',
      '0.331',
      '14.9',
      '186',
      '–',
    ]);
  });
});
