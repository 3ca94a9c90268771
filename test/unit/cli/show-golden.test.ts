import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tickSchema, type VerdictView, verdictSchema } from '../../../src/api/schemas.ts';
import { writeVerdict } from '../../../src/cli/view/verdict.ts';
import { memoryIo } from '../../support/app-cli.ts';
import { goldenFiles } from '../../support/config-golden.ts';

const folder = new URL('../../golden/cli/show/', import.meta.url).pathname;

/** The first line is the verdict as JSON, the others are its ticks: t nc ec nb eb u v d source, `warm-up` where it was. */
function verdictOf(input: string): VerdictView {
  const [head = '', ...lines] = input.trim().split('\n');
  const ticks = lines.map((line) => {
    const [t, nc, ec, nb, eb, u, v, d, source, warmUp] = line.split(' ');
    const numbers = Object.entries({ t, nc, ec, nb, eb, u, v, d });
    return tickSchema.parse({
      ...Object.fromEntries(numbers.map(([name, text]) => [name, Number(text)])),
      source,
      warmUp: warmUp === 'warm-up',
    });
  });
  return verdictSchema.parse({ ...JSON.parse(head), ticks });
}

const drawn = (verdict: VerdictView, change: { columns?: number; color?: boolean } = {}): string => {
  const io = memoryIo();
  writeVerdict({ ...io, ...change }, verdict);
  return io.out();
};

const files = goldenFiles(folder);
const good = verdictOf(files.find(({ name }) => name === 'good')?.input ?? '');

describe('siskin show, the evidence', () => {
  it('has a golden file for each kind of verdict', () => {
    const kinds = ['absolute-first-release', 'bad-at-once', 'bad-in-the-watch', 'good', 'warm-up'];
    expect(files.map(({ name }) => name)).toEqual(kinds);
  });

  it.each(files)('$name', async (file) => {
    const text = drawn(verdictOf(file.input)).trimEnd();
    await expect(file.expect(text)).toMatchFileSnapshot(file.path);
  });

  it.each([40, 60, 72, 200])('keeps to %i columns, and to 72 at most', (columns) => {
    const lines = drawn({ ...good, reason: null, estimate: null, conditions: [] }, { columns }).split('\n');
    const plotted = lines.filter((line) => line.includes('│') || line.includes('└'));
    expect(plotted).toHaveLength(18);
    expect(Math.max(...plotted.map(({ length }) => length))).toBe(Math.min(72, columns));
    expect(lines.filter(({ length }) => length > 72)).toEqual([]);
  });

  it('draws nothing where there is no room or nothing was measured, and says the rest', () => {
    for (const text of [drawn(good, { columns: 30 }), drawn({ ...good, ticks: [] })]) {
      expect(text).not.toMatch(/[│└]/);
      expect(text).toContain('verdict  promote');
      expect(text).toContain('p95');
    }
  });

  it('shows the same with colours', () => {
    const colored = drawn(good, { color: true });
    expect(colored).toContain('\u001b[32mD');
    expect(stripVTControlCharacters(colored)).toBe(drawn(good));
  });

  it('shows records of old versions without evidence', () => {
    const ticks = good.ticks.map((tick) => ({ ...tick, u: null, v: null, d: null }));
    const text = drawn({ ...good, policy: null, ticks });
    expect(text).toContain('share of requests that failed');
    expect(text).not.toContain('limit');
    expect(text).not.toContain('\nevidence');
  });

  it('threat 23: neutralises what a condition or a reason says', () => {
    const hostile = '\u001b[2J\u202e';
    const conditions = [{ t: 1, name: hostile, outcome: 'violated' as const, detail: hostile }];
    const text = drawn({ ...good, reason: hostile, estimate: hostile, conditions });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('evidence beyond the plot is drawn at its edge', () => {
    const ticks = good.ticks.map((tick) => ({ ...tick, u: Number.MAX_VALUE, v: 0, d: 1e-300 }));
    const rows =
      drawn({ ...good, ticks })
        .split('\nevidence, on a logarithmic scale\n')[1]
        ?.split('\n') ?? [];
    expect(rows[0]).toMatch(/^ +500 │U+┊?U*$/);
    expect(rows[7]).toMatch(/│\*+/);
  });
});
