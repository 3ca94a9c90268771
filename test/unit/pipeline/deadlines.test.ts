import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stepDeadlineMs, within } from '../../../src/pipeline/steps/deadlines.ts';
import { rolloutSpec } from '../../support/specs.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('within', () => {
  it('gives up on work that never ends, naming it', async () => {
    const hung = within(30_000, 'StartReplica', new Promise(() => {}));
    const outcome = expect(hung).rejects.toMatchObject({
      code: 'STEP_TIMED_OUT',
      message: 'StartReplica did not end within 30 s.',
    });
    await vi.advanceTimersByTimeAsync(30_000);
    await outcome;
  });

  it('gives what the work gives, and leaves no timer behind', async () => {
    await expect(within(30_000, 'x', Promise.resolve(7))).resolves.toBe(7);
    await expect(within(30_000, 'x', Promise.reject(new Error('its own')))).rejects.toThrow('its own');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a step', () => {
  it('has the time that what it asks for may take', () => {
    const smoke = Array.from({ length: 20 }, () => ({ path: '/', expect: 200 }));
    const health = { kind: 'http' as const, path: '/', intervalMs: 250, startPeriodMs: 1, healthyAfter: 1 };
    const slow = rolloutSpec({ smoke, health: { ...health, timeoutMs: 60_000 } });
    expect(stepDeadlineMs('Smoke', slow)).toBeGreaterThan(20 * 60_000);
    expect(stepDeadlineMs('AwaitHealthy', slow)).toBeGreaterThan(60_000);
    expect(stepDeadlineMs('Drain', slow)).toBe(60_000);
  });
});
