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

describe("siskin simulate, against VERDICT.md's table", () => {
  it('never rolls a good release with little traffic back, and says how little it knows', async () => {
    const result = await cell('--rps', '0.1', '--canary-5xx', '0.1%');
    expect(result).toMatchObject({
      rolledBack: 0,
      promoted: 1,
      promotedLowEvidence: 1,
      meanSecondsToVerdict: 60,
    });
  });

  it('promotes a good release at 10 requests/s after about 22 s', async () => {
    const { promoted, meanSecondsToVerdict } = await cell('--rps', '10', '--canary-5xx', '0.1%');
    expect(promoted).toBe(1);
    expect(meanSecondsToVerdict).toBeGreaterThan(21);
    expect(meanSecondsToVerdict).toBeLessThan(23);
  });

  it.each([
    ['1', 5.8, 0.5],
    ['10', 6.9, 0.3],
    ['100', 33, 1],
  ])('at 50 %% errors and %s requests/s, about %d requests fail', async (rps, failed, tolerance) => {
    const { meanFailedRequests } = await cell('--rps', rps, '--canary-5xx', '50%');
    expect(Math.abs(meanFailedRequests - failed)).toBeLessThan(tolerance);
  });

  it('rolls a release at the limit back in about 3 % of the runs', async () => {
    const { rolledBack } = await cell('--rps', '100', '--canary-5xx', '5%', '--watch', '1s');
    expect(rolledBack).toBeGreaterThan(0.015);
    expect(rolledBack).toBeLessThan(0.05);
  });

  it('does not blame a release for an outage that the old one shares', async () => {
    const result = await cell('--rps', '10', '--canary-5xx', '15%', '--baseline-5xx', '15%');
    expect(result.rolledBack).toBeLessThan(0.05);
    expect(result.held).toBeGreaterThan(0.94);
  });

  it('gives the same for the same seed', async () => {
    expect(await cell('--canary-5xx', '20%')).toEqual(await cell('--canary-5xx', '20%'));
  });

  it.each([
    [['--max5xx', '0%'], /--max5xx must lie between/],
    [['--share', '100%'], /--share must lie between/],
    [['--min-bake', '2m'], /--min-bake must not be longer/],
    [['--tick', 'soon'], /must be a duration/],
    [['--replicas', '2.5'], /whole number/],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await runSiskin(['simulate', ...args]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });
});
