import { expect, it } from 'vitest';
import type { JournalEntry, JournalEvent } from '../../../src/domain/journal.ts';
import { foldProgress } from '../../../src/domain/rollout/progress.ts';

const at = (t: number, event: JournalEvent): JournalEntry => ({ t, at: '', event });

/** Found by the property of several services: a replica that booted when all was frozen was given up at the thaw, unasked. */
it('the time to become healthy begins anew when a person lets go on', () => {
  const before = [
    at(0, { type: 'rollout-began', baseline: null, skipCanary: false, counters: {}, policy: {} as never }),
    at(10, { type: 'replica-started', replica: 'r2-1' }),
    at(20, { type: 'replica-healthy', replica: 'r2-1' }),
    at(30, { type: 'replica-started', replica: 'r2-2' }),
  ];
  const thawed = foldProgress([...before, at(90_000, { type: 'observation-began' })]).replicas;
  expect(thawed['r2-1']?.startedAt).toBe(10);
  expect(thawed['r2-2']).toMatchObject({ startedAt: 90_000, healthy: false });
});
