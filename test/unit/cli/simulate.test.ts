import { describe, expect, it } from 'vitest';
import { runSiskin } from '../../support/app-cli.ts';

const cell = async (...args: string[]) => {
  const { code, out, err } = await runSiskin([
    'simulate',
    ...args,
    '--runs',
    '1500',
    '--seed',
    '7',
    '--json',
  ]);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out);
};

describe('siskin simulate', () => {
  it('gives the same for the same seed', async () => {
    expect(await cell('--canary-5xx', '20%')).toEqual(await cell('--canary-5xx', '20%'));
  });

  it.each([
    [['--max5xx', '0%'], /--max5xx must lie between/],
    [['--share', '100%'], /--share must lie between/],
    [['--warmup', '60s'], /--warmup must be shorter/],
    [['--min-bake', '2m'], /--min-bake must not be longer/],
    [['--tick', 'soon'], /must be a duration/],
    [['--replicas', '2.5'], /whole number/],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await runSiskin(['simulate', ...args]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });
});
