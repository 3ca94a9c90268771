import { describe, expect, it } from 'vitest';
import { deploymentView } from '../../../src/api/deployment-view.ts';
import { deploymentSchema } from '../../../src/api/schemas.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { JournalEntry, JournalEvent } from '../../../src/domain/journal.ts';

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
const entry = (seconds: number, event: JournalEvent): JournalEntry => ({
  t: seconds * 1_000,
  at: at(seconds),
  event,
});
const deployment = (change: Partial<Deployment> = {}): Deployment => ({
  id: 'd7',
  app: 'shop',
  environment: 'production',
  branch: 'release',
  target: { kind: 'branch', pushedSha: null, forced: false },
  actor: { kind: 'github', name: 'ana' },
  state: 'queued',
  reason: null,
  sha: null,
  title: 'A change',
  author: 'ana',
  release: null,
  baseline: null,
  supersededBy: null,
  createdAt: at(0),
  startedAt: null,
  finishedAt: null,
  ...change,
});
const tick = (nc: number, ec: number): JournalEvent => ({
  type: 'tick',
  nc,
  ec,
  nb: 10,
  eb: 0,
  source: 'prometheus',
  counters: {},
  measures: { u: 0.5, v: 0.4, d: 3 },
});
const shown = (t: number, nc: number, ec: number) => ({
  ...{ t, nc, ec, nb: 10, eb: 0, u: 0.5, v: 0.4, d: 3 },
  source: 'prometheus',
  warmUp: false,
});
const brief = (view: ReturnType<typeof deploymentView>) =>
  view.steps.map(({ name, startedAt, endedAt, outcome }) => [
    name,
    Date.parse(startedAt) / 1_000,
    endedAt === null ? null : Date.parse(endedAt) / 1_000,
    outcome,
  ]);

describe('deploymentView', () => {
  it('shows a queued deployment as one running step and no verdict', () => {
    const view = deploymentView(deployment(), []);
    expect(brief(view)).toEqual([['queued', 0, null, 'running']]);
    expect(view).toMatchObject({ id: 'd7', release: null, verdict: null, title: 'A change', author: 'ana' });
    expect(deploymentSchema.parse(view)).toEqual(view);
  });

  it('shows stages and steps with their times, ticks and the promotion', () => {
    const journal = [
      entry(1, { type: 'run-began' }),
      entry(1, { type: 'state', state: 'fetching' }),
      entry(2, { type: 'state', state: 'building' }),
      entry(9, { type: 'state', state: 'preparing' }),
      entry(10, { type: 'state', state: 'canary' }),
      entry(10, { type: 'step-began', step: 'start r2-1' }),
      entry(11, { type: 'step-ended', step: 'start r2-1', outcome: 'ok' }),
      entry(12, tick(5, 0)),
      entry(13, tick(6, 1)),
      entry(14, { type: 'state', state: 'rolling' }),
      entry(14, { type: 'promoted', reason: 'few errors', evidence: 'strong', promotes: 0 }),
      entry(20, { type: 'state', state: 'watching' }),
      entry(30, { type: 'finished', outcome: 'succeeded', reason: 'good' }),
    ];
    const view = deploymentView(
      deployment({ state: 'succeeded', release: 2, baseline: 1, finishedAt: at(30) }),
      journal,
    );
    expect(brief(view)).toEqual([
      ['queued', 0, 1, 'ok'],
      ['fetching', 1, 2, 'ok'],
      ['building', 2, 9, 'ok'],
      ['preparing', 9, 10, 'ok'],
      ['canary', 10, 14, 'ok'],
      ['start r2-1', 10, 11, 'ok'],
      ['rolling', 14, 20, 'ok'],
      ['watching', 20, 30, 'ok'],
    ]);
    expect(view).toMatchObject({ release: 'r2', baseline: 'r1' });
    expect(view.verdict).toEqual({
      decision: 'promote',
      evidence: 'strong',
      reason: 'few errors',
      policy: null,
      estimate: null,
      beganAt: 12_000,
      promotedAt: 14_000,
      rollbackAt: null,
      ticks: [shown(12_000, 5, 0), shown(13_000, 6, 1)],
      conditions: [],
    });
    expect(deploymentSchema.parse(view)).toEqual(view);
  });

  it('shows the failed stage, the rollback beside it, and a rollback in the watch over the promotion', () => {
    const journal = [
      entry(1, { type: 'state', state: 'canary' }),
      entry(2, { type: 'promoted', reason: 'few errors', evidence: 'low', promotes: 0 }),
      entry(3, { type: 'state', state: 'watching' }),
      entry(4, {
        type: 'rollback-began',
        outcome: 'rolled_back',
        reason: '5 of 9 failed',
        evidence: 'hard-signal',
      }),
      entry(5, { type: 'step-began', step: 'drain r2-1' }),
      entry(6, { type: 'step-ended', step: 'drain r2-1', outcome: 'failed', detail: 'router away' }),
      entry(7, { type: 'finished', outcome: 'rolled_back', reason: '5 of 9 failed' }),
    ];
    const view = deploymentView(deployment({ state: 'rolled_back', finishedAt: at(7) }), journal);
    expect(brief(view)).toEqual([
      ['queued', 0, 1, 'ok'],
      ['canary', 1, 3, 'ok'],
      ['watching', 3, 4, 'failed'],
      ['rolling_back', 4, 7, 'ok'],
      ['drain r2-1', 5, 6, 'failed'],
    ]);
    expect(view.steps.at(-1)?.detail).toBe('router away');
    expect(view.verdict).toMatchObject({
      decision: 'rollback',
      evidence: 'hard-signal',
      reason: '5 of 9 failed',
    });
  });

  it('a worker that took over leaves the step it found interrupted', () => {
    const journal = [
      entry(1, { type: 'state', state: 'building' }),
      entry(2, { type: 'step-began', step: 'build' }),
      entry(9, { type: 'run-began' }),
      entry(9, { type: 'state', state: 'fetching' }),
      entry(10, { type: 'step-began', step: 'build' }),
    ];
    expect(brief(deploymentView(deployment({ state: 'building' }), journal))).toEqual([
      ['queued', 0, 1, 'ok'],
      ['building', 1, 9, 'ok'],
      ['build', 2, 9, 'interrupted'],
      ['fetching', 9, null, 'running'],
      ['build', 10, null, 'running'],
    ]);
  });

  it('a deployment superseded in the queue has an end, though no worker wrote a journal', () => {
    const view = deploymentView(
      deployment({ state: 'superseded', supersededBy: 'd8', finishedAt: at(3) }),
      [],
    );
    expect(brief(view)).toEqual([['queued', 0, 3, 'interrupted']]);
    expect(view.supersededBy).toBe('d8');
  });

  it('a deployment that failed to build says where', () => {
    const journal = [entry(1, { type: 'state', state: 'building' })];
    const view = deploymentView(deployment({ state: 'failed', finishedAt: at(4), reason: 'no' }), journal);
    expect(brief(view).at(-1)).toEqual(['building', 1, 4, 'failed']);
  });
});
