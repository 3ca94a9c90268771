import { describe, expect, it } from 'vitest';
import { rollbackTimes, secondsToVerdict } from '../../bench/rollback-times.ts';

const entry = (t: number, event: { type: string; [key: string]: unknown }) => ({
  kind: 'journal' as const,
  t,
  at: '2026-11-21T03:00:00.000Z',
  event,
});

describe('how soon a bad canary was found out', () => {
  it('counts from its being attached to the decision, and to its being drained', () => {
    const times = rollbackTimes([
      entry(1_000, { type: 'replica-attached', replica: 'r2-1' }),
      entry(3_100, { type: 'rollback-began', outcome: 'rolled_back' }),
      entry(3_150, { type: 'step-began', step: 'Drain r2-1' }),
      entry(3_200, { type: 'step-ended', step: 'Drain r2-1', outcome: 'ok' }),
    ]);
    expect(times).toEqual({ decidedSeconds: 2.1, detachedSeconds: 2.2 });
  });

  it('has no number for what did not happen', () => {
    const times = rollbackTimes([entry(1_000, { type: 'replica-attached', replica: 'r2-1' })]);
    expect(times).toEqual({ decidedSeconds: Number.NaN, detachedSeconds: Number.NaN });
  });

  it('takes a promotion for a verdict as well, and the first of both', () => {
    const attached = entry(1_000, { type: 'replica-attached', replica: 'r2-1' });
    const promoted = entry(23_500, { type: 'promoted', reason: '' });
    const rolledBack = entry(30_000, { type: 'rollback-began', outcome: 'rolled_back' });
    expect(secondsToVerdict([attached, promoted, rolledBack])).toBe(22.5);
    expect(secondsToVerdict([attached, rolledBack])).toBe(29);
    expect(secondsToVerdict([attached])).toBeNaN();
  });
});
