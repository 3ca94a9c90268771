import { expect, it } from 'vitest';
import type { JournalEvent } from '../../../src/domain/journal.ts';
import { policyOf } from '../../../src/domain/rollout/analysis.ts';
import type { Interruption } from '../../../src/domain/rollout/fleet.ts';
import { foldProgress } from '../../../src/domain/rollout/progress.ts';
import { nextStep } from '../../../src/domain/rollout-plan.ts';
import { rolloutSpec } from '../../support/specs.ts';

const spec = rolloutSpec({ replicas: 1 });
const replica = 'r2-1';
const at = new Date(0).toISOString();
/** Long after the watch's time. */
const now = 10 * spec.canary.watchMs;
const measured = {
  ...{ type: 'tick' as const, nc: 1, ec: 0, nb: 0, eb: 0, source: 'router' as const, counters: {} },
  measures: { u: 1, v: 1, d: 1 },
};
const events: JournalEvent[] = [
  { type: 'rollout-began', baseline: null, skipCanary: false, counters: {}, policy: policyOf(0, spec) },
  { type: 'replica-started', replica },
  { type: 'replica-healthy', replica },
  { type: 'replica-smoked', replica },
  { type: 'replica-attached', replica },
  { type: 'promoted', reason: 'x', evidence: 'skipped', promotes: 0 },
  { type: 'state', state: 'watching' },
];
const progress = foldProgress([
  ...events.map((event) => ({ t: 0, at, event })),
  { t: now, at, event: measured },
]);
const observed = {
  replicas: [
    {
      ...{ name: replica, release: 2, slot: 1, status: 'running' as const, address: '10.0.0.1' },
      ...{ exitCode: 0, oomKilled: false, restarts: 0, containerHealth: 'none' as const },
    },
  ],
  servers: [
    { name: replica, address: '10.0.0.1', port: 3000, state: 'ready' as const, weight: 100, sessions: 0 },
  ],
};

/** What is planned then, while the hook runs or not. */
const step = (hookRuns: boolean, interruption: Interruption | null) =>
  nextStep({
    spec,
    release: 2,
    progress,
    t: now,
    observed,
    interruption,
    frozen: null,
    hookRuns,
  });

it.each([
  ['its time is over', null],
  ['a newer push came', { kind: 'superseded', by: 'd8' }],
  ['a person promoted it', { kind: 'promote', given: 1 }],
] as const)('the watch ends when %s, but not before postDeploy has', (_, interruption) => {
  expect(step(true, interruption)).toMatchObject({ kind: 'Wait', why: 'the watch' });
  expect(step(false, interruption)).toMatchObject({ kind: 'Finish', outcome: 'succeeded' });
});

it('a person’s rollback does not wait for it', () => {
  expect(step(true, { kind: 'rollback' })).toMatchObject({ kind: 'RollBack' });
});
