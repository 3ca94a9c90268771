import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type Cell, tableLines, writeTable } from '../../../src/cli/view/table.ts';
import { cut, pad } from '../../../src/cli/view/width.ts';
import { wrapped } from '../../../src/cli/view/wrap.ts';
import { memoryIo } from '../../support/app-cli.ts';

const file = { color: false, columns: Number.POSITIVE_INFINITY };
const headers = ['APP', 'NOTE', 'TITLE'];
const rows: string[][] = [
  ['shop', '', 'x'.repeat(100)],
  ['상점', '', '빠른 결제: 캐시를 켠다'],
];

describe('a table', () => {
  it('aligns columns by the columns that characters take, and cuts nothing for a file', () => {
    expect(tableLines(file, headers, rows)).toEqual([
      'APP   NOTE  TITLE',
      `shop        ${'x'.repeat(100)}`,
      '상점        빠른 결제: 캐시를 켠다',
    ]);
  });

  it('leaves out columns without a text and cuts the longest cells for a terminal', () => {
    const lines = tableLines({ color: false, columns: 20 }, headers, rows);
    expect(lines).toEqual(['APP   TITLE', `shop  ${'x'.repeat(13)}…`, '상점  빠른 결제: 캐…']);
  });

  it.each([9, 10, 11, 12, 20, 33, 60, 200])(
    'keeps to %i columns, with colours and wide characters',
    (columns) => {
      const colored = rows.map((row) => row.map((text) => ({ text, color: 'red' as const })));
      for (const line of tableLines({ color: true, columns }, headers, colored)) {
        expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      }
    },
  );

  it('says that there is nothing', () => {
    const io = memoryIo();
    writeTable(io, ['APP'], [], 'No apps.');
    expect(io.out()).toBe('No apps.\n');
  });

  it('colours cells, and the same text stands there without', () => {
    const row: Cell[][] = [[{ text: 'failed', color: 'red' }, 'b']];
    const colored = tableLines({ ...file, color: true }, ['STATE', 'B'], row);
    expect(colored[1]).toBe('\u001b[31mfailed\u001b[39m  b');
    expect(colored.map(stripVTControlCharacters)).toEqual(tableLines(file, ['STATE', 'B'], row));
  });

  it('threat 23: a cell is one neutral line', () => {
    const [, line = ''] = tableLines(file, ['TITLE'], [['fix\u001b[2J\nnext\u202e\u009b']]);
    expect(line).toBe('fix\\u001b[2J next\\u202e\\u009b');
  });
});

describe('width', () => {
  it.each([
    ['한글 커밋', 9, '한글 커밋'],
    ['한글 커밋', 8, '한글 커…'],
    ['한글 커밋', 7, '한글 …'],
    ['한글', 1, '…'],
    ['한글', 0, ''],
    ['cafe\u0301s', 5, 'cafe\u0301s'],
    ['ab', 2, 'ab'],
  ])('%s cut to %i columns is %s', (text, columns, expected) => expect(cut(text, columns)).toBe(expected));

  it('pads by columns', () => expect(pad('한글', 6)).toBe('한글  '));
});

describe('wrapping', () => {
  it('breaks between words, and a word only where it is longer than a line', () => {
    expect(wrapped('the build failed\nerror TS2322: abcdefghijklmnop', 12)).toEqual([
      'the build',
      'failed',
      'error',
      'TS2322:',
      'abcdefghijkl',
      'mnop',
    ]);
    expect(wrapped('빠른 결제 페이지', 9)).toEqual(['빠른 결제', '페이지']);
  });

  it('leaves lines as they are for a file', () => {
    expect(wrapped(`${'word '.repeat(50)}end`, Number.POSITIVE_INFINITY)).toHaveLength(1);
  });

  it('threat 23: gives neutral lines', () => {
    expect(wrapped('a\u001b[2J\u202e', 40)).toEqual(['a\\u001b[2J\\u202e']);
  });
});
