import { describe, expect, it } from 'vitest';
import type { ObservedReplica, ObservedServer } from '../../../src/domain/observation.ts';
import { policyOf } from '../../../src/domain/rollout/analysis.ts';
import { foldProgress } from '../../../src/domain/rollout/progress.ts';
import { nextStep } from '../../../src/domain/rollout-plan.ts';
import { rolloutSpec } from '../../support/specs.ts';

const spec = rolloutSpec();
const policy = policyOf(2, spec);

const replica = (name: string, release: number): ObservedReplica => ({
  name,
  release,
  slot: 1,
  status: 'running',
  address: '10.0.0.1',
  exitCode: 0,
  oomKilled: false,
  restarts: 0,
  containerHealth: 'none',
});

const server = (name: string): ObservedServer => ({
  name,
  address: '10.0.0.1',
  port: 3000,
  state: 'ready',
  weight: 100,
  sessions: 0,
});

describe('rolling a first deployment back', () => {
  it('leaves alone what serves although no record knows it', () => {
    const began = { type: 'rollout-began', baseline: null, skipCanary: false, counters: {}, policy } as const;
    const back = {
      type: 'rollback-began',
      outcome: 'failed',
      reason: 'it failed',
      evidence: 'hard-signal',
    } as const;
    const progress = foldProgress([began, back].map((event) => ({ t: 0, at: '', event })));
    const observed = { replicas: [replica('r7-1', 7)], servers: [server('r7-1')] };
    const situation = { spec, release: 8, progress, t: 1, observed, interruption: null, frozen: null };
    expect(nextStep(situation)).toEqual({ kind: 'Finish', outcome: 'failed', reason: 'it failed' });
  });
});

describe('a baseline replica that has died', () => {
  it('gets no more requests: the router forgets it before anything else', () => {
    const baseline = { release: 7, slots: [1, 2] };
    const began = { type: 'rollout-began', baseline, skipCanary: false, counters: {}, policy } as const;
    const progress = foldProgress([
      { t: 0, at: '', event: began },
      { t: 1, at: '', event: { type: 'replica-started', replica: 'r8-1' } },
      { t: 1, at: '', event: { type: 'replica-attached', replica: 'r8-1' } },
    ]);
    const fresh = { ...replica('r8-1', 8), address: '10.0.0.8' };
    const observed = {
      replicas: [replica('r7-1', 7), fresh],
      servers: [
        server('r7-1'),
        { ...server('r7-2'), address: '10.0.0.2' },
        { ...server('r8-1'), address: '10.0.0.8' },
      ],
    };
    const situation = { spec, release: 8, progress, t: 1, observed, interruption: null, frozen: null };
    expect(nextStep(situation)).toEqual({ kind: 'Drain', replica: 'r7-2' });
  });
});
