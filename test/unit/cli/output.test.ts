import { describe, expect, it } from 'vitest';
import { ago, neutral, paint, took, writeJson } from '../../../src/cli/terminal/output.ts';
import { memoryIo } from '../../support/app-cli.ts';

describe('what comes from outside', () => {
  it('threat 23: is neutral in the terminal', () => {
    const hostile = 'fix\u001b[2J\u001b]0;owned\u0007\nnext\r\u009b31m\u202ereversed';
    expect(neutral(hostile)).toBe(
      'fix\\u001b[2J\\u001b]0;owned\\u0007\\u000anext\\u000d\\u009b31m\\u202ereversed',
    );
  });

  it('threat 23: is neutral in --json too, and still the same JSON', () => {
    const io = memoryIo();
    const value = { title: 'a\u009b31m\u202e\u001b[31m' };
    writeJson(io, value);
    expect(io.out().replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(io.out())).toEqual(value);
  });
});

it('shows colours only where they are wanted', () => {
  expect(paint(memoryIo(), 'red', 'bad')).toBe('bad');
  expect(paint(memoryIo({ color: true }), 'red', 'bad')).toBe('\u001b[31mbad\u001b[39m');
});

describe('times', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  it.each([
    ['2026-01-01T11:59:30Z', '30 s ago'],
    ['2026-01-01T11:55:00Z', '5 min ago'],
    ['2026-01-01T09:00:00Z', '3 h ago'],
    ['2025-12-30T12:00:00Z', '2 d ago'],
    ['2026-01-01T12:00:05Z', '0 s ago'],
    ['never\u001b', 'never\\u001b'],
  ])('%s is %s', (iso, text) => expect(ago(iso, now)).toBe(text));

  it('says how long a thing took', () => {
    expect(took('2026-01-01T12:00:00.000Z', '2026-01-01T12:00:12.340Z')).toBe('12.3 s');
    expect(took('2026-01-01T12:00:00Z', '2026-01-01T12:04:05Z')).toBe('4 min 5 s');
    expect(took('2026-01-01T12:00:00Z', null)).toBe('');
  });
});
