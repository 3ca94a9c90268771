import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/config/problems.ts';
import type { TreeOptions } from '../../../src/config/yaml-reader.ts';
import { readYamlTree } from '../../../src/config/yaml-tree.ts';

const read = (text: string, options: Partial<TreeOptions> = {}) => {
  const tree = readYamlTree(text, { file: 'f.yaml', variables: { V: 'v' }, ...options });
  return {
    ...tree,
    value: JSON.parse(JSON.stringify(tree.value ?? null)),
    told: tree.problems.map(formatProblem),
  };
};
const withinBounds = (text: string) => read(text.slice(0, 256 * 1024)).told;

describe('what a document becomes', () => {
  it.each([
    ['a: [1, x, true, null, 1.5]', { a: [1, 'x', true, null, 1.5] }],
    ['a: yes\nb: no\nc: on\nd: 0o10\ne: 010', { a: 'yes', b: 'no', c: 'on', d: 8, e: 10 }],
    ['a: $V', { a: 'v' }],
    ['$V: a', { $V: 'a' }],
    ['a: &x {k: 1}\nb: *x', { a: { k: 1 }, b: { k: 1 } }],
    ['a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}', { a: { k: 1, l: 2 }, b: { k: 3, l: 2 } }],
    [
      'a: &x {k: 1}\nb: &y {k: 2, m: 4}\nc: {<<: [*x, *y]}',
      { a: { k: 1 }, b: { k: 2, m: 4 }, c: { k: 1, m: 4 } },
    ],
    ['a: &x {k: 1}\nb: &y {<<: *x}\nc: {<<: *y}', { a: { k: 1 }, b: { k: 1 }, c: { k: 1 } }],
    ['80: x', { '80': 'x' }],
    ['', null],
    ['constructor: x', { constructor: 'x' }],
  ])('%j', (text, value) => {
    expect(read(text)).toMatchObject({ value, told: [] });
  });

  it('keeps the written text where it is asked to', () => {
    const text = 'a: 1.10\nb: 0x1F\nc: true\nd: null';
    expect(read(text, { verbatim: () => true }).value).toEqual({ a: '1.10', b: '0x1F', c: 'true', d: null });
  });

  it('puts variables in only where it is asked to', () => {
    const text = 'a: $V\nb: $UNSET';
    expect(read(text, { interpolates: ([key]) => key === 'a' })).toMatchObject({
      value: { a: 'v', b: '$UNSET' },
      told: [],
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['a: 1\na: 2', ['f.yaml:2:1 a: is written twice, first in line 1: keep one of them']],
    ['a:\n  b: 1\n  b: 2', ['f.yaml:3:3 a.b: is written twice, first in line 2: keep one of them']],
    ['a: &x [*x]', ['f.yaml:1:8 a[0]: holds itself through an alias']],
    ['a: &x {<<: *x}', ['f.yaml:1:1 a: has a merge key (<<) that is no mapping, or holds itself']],
    ['a: {<<: 3}', ['f.yaml:1:1 a: has a merge key (<<) that is no mapping, or holds itself']],
    ['a: !!js/function x', [expect.stringContaining('is no YAML here: Unresolved tag')]],
    ['a: 1\n---\nb: 2', [expect.stringContaining('f.yaml:2:1: is no YAML here: ')]],
    ['{a: {b: 1}, __proto__: {polluted: 1}}', ['f.yaml:1:13: has the key "__proto__", which no file needs']],
    ['a: $UNSET', [expect.stringContaining('f.yaml:1:1 a: the variable UNSET is not set')]],
    ['a: "x\\0y"', ['f.yaml:1:1 a: has a NUL character, which no value may have']],
    [': x', ['f.yaml:1:1: has a key that is no plain word']],
  ])('%j', (text, told) => expect(read(text).told).toEqual(told));

  it('does not quote what it could not read: it may be a secret', () => {
    for (const text of [
      'a: "hunter2" hunter2',
      'a: [hunter2',
      'a: ]hunter2',
      '"hunter2',
      '- a\nhunter2: x\n]',
      '@hunter2',
    ])
      expect(read(text).told.join()).not.toContain('hunter2');
  });

  it('threat 21: an alias bomb', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`);
    const told = ['f.yaml:1:1: has more than 20000 values with its aliases expanded'];
    expect(read(['a0: &a0 x', ...lines].join('\n')).told).toEqual(told);
  });

  it('threat 21: an alias bomb of merge keys', () => {
    const lines = Array.from(
      { length: 30 },
      (_, i) => `a${i + 1}: &a${i + 1} {<<: [${`*a${i},`.repeat(10)}]}`,
    );
    const told = ['f.yaml:1:1: has more than 20000 values with its aliases expanded'];
    expect(read(['a0: &a0 {k: v}', ...lines].join('\n')).told).toEqual(told);
  });

  it('threat 21: 10 MB, unread', () => {
    const told = ['f.yaml: is larger than 256 KB, which is the most that is read'];
    expect(read('x'.repeat(10 * 2 ** 20)).told).toEqual(told);
    expect(read('ü'.repeat(200 * 1024)).told).toEqual(told);
  });

  it.each(['[', '{a:', '- ', '? ', '[,', '"\n', '%a\n', '---\n', '!a ', '&a ', ': ', '[]\n', 'a:\n'])(
    'threat 21: 256 KB of %j, unparsed',
    (piece) => {
      const told = ['f.yaml: has more than 50000 words and marks, which is the most that is read'];
      expect(withinBounds(piece.repeat(256 * 1024))).toEqual(told);
    },
  );

  it('threat 21: one line of 256 KB that is no YAML', () => {
    expect(withinBounds(','.repeat(256 * 1024))).toEqual([
      expect.stringMatching(/^f\.yaml:1:1: is no YAML here/),
    ]);
  });

  it('threat 21: deep nesting', () => {
    expect(read('['.repeat(100) + ']'.repeat(100)).told).toEqual([
      'f.yaml:1:1: is nested deeper than 64 levels',
    ]);
    expect(read('['.repeat(20_000)).told.join()).toMatch(/^f\.yaml:1:\d+: is no YAML here/);
  });
});
