import { describe, expect, it } from 'vitest';
import type { EndState } from '../../src/domain/deployment.ts';
import { type Change, changeOf, doraFigures } from '../../src/domain/dora.ts';
import type { JournalEntry, JournalEvent } from '../../src/domain/journal.ts';
import { stageDurations } from '../../src/domain/stage-durations.ts';

const now = new Date('2026-11-21T12:00:00Z');
const minute = 60_000;
const minutesAgo = (minutes: number) => now.getTime() - minutes * minute;
const at = (minutes: number) => new Date(minutesAgo(minutes)).toISOString();

const change = (outcome: Change['outcome'], finished: number, change: Partial<Change> = {}): Change => ({
  deployment: 'd1',
  outcome,
  createdAt: minutesAgo(finished + 5),
  servedAt: minutesAgo(finished),
  finishedAt: minutesAgo(finished),
  ...change,
});

const entry = (t: number, event: JournalEvent): JournalEntry => ({ t, at: at(100 - t / minute), event });
const state = (t: number, to: Extract<JournalEvent, { type: 'state' }>['state']) =>
  entry(t, { type: 'state', state: to });

describe('the DORA figures', () => {
  it('are about nothing when there is nothing', () => {
    expect(doraFigures([], now)).toEqual({
      deploymentsPerDay: 0,
      leadTimeSeconds: null,
      changeFailureShare: null,
      timeToRestoreSeconds: null,
    });
  });

  it('count a month, and nothing before it', () => {
    const days = (count: number) => count * 24 * 60;
    const changes = [
      change('succeeded', days(29.9)),
      change('succeeded', 1),
      change('failed', 30),
      change('failed', days(31)),
    ];
    expect(doraFigures(changes, now)).toMatchObject({ deploymentsPerDay: 2 / 30, changeFailureShare: 1 / 3 });
  });

  it('take the median lead time, of changes only', () => {
    const lead = (minutes: number) => change('succeeded', 10, { createdAt: minutesAgo(10 + minutes) });
    expect(doraFigures([lead(1), lead(9), lead(2)], now).leadTimeSeconds).toBe(120);
    expect(doraFigures([lead(1), lead(9), lead(2), lead(4)], now).leadTimeSeconds).toBe(180);
    const back = change('returned', 9, { createdAt: minutesAgo(9) });
    expect(doraFigures([lead(3), back, back], now)).toMatchObject({
      leadTimeSeconds: 180,
      deploymentsPerDay: 3 / 30,
      changeFailureShare: 0,
    });
  });

  it('take the time to restore from the first failure in a row to the next success', () => {
    const changes = [
      change('succeeded', 200),
      change('failed', 100),
      change('failed', 90),
      change('succeeded', 80, { servedAt: minutesAgo(85) }),
      change('failed', 50),
      change('returned', 49),
      change('failed', 10),
    ];
    expect(doraFigures(changes.toReversed(), now).timeToRestoreSeconds).toBe(((15 + 1) / 2) * 60);
    expect(doraFigures([change('failed', 10)], now).timeToRestoreSeconds).toBeNull();
  });

  it('threat 29: are never negative, whatever the clock did', () => {
    const odd = change('succeeded', 5, { createdAt: minutesAgo(1), servedAt: minutesAgo(50) });
    expect(doraFigures([change('failed', 20), odd], now)).toMatchObject({
      leadTimeSeconds: 0,
      timeToRestoreSeconds: 0,
    });
  });
});

describe('what a deployment is to the figures', () => {
  const attached = entry(1, { type: 'replica-attached', replica: 'r2-1' });
  const pushed = { kind: 'branch' as const, pushedSha: null, forced: false };
  const deployment = { id: 'd7', createdAt: at(110), target: pushed };
  const served = [
    attached,
    state(20 * minute, 'watching'),
    state(30 * minute, 'held'),
    state(40 * minute, 'watching'),
  ];

  it('is a success from its push until it had all the traffic', () => {
    expect(changeOf(deployment, served, 'succeeded', at(20))).toEqual({
      deployment: 'd7',
      outcome: 'succeeded',
      createdAt: minutesAgo(110),
      servedAt: minutesAgo(80),
      finishedAt: minutesAgo(20),
    });
    expect(changeOf(deployment, [attached], 'succeeded', at(20))?.servedAt).toBe(minutesAgo(20));
    const byNumber = { ...deployment, target: { kind: 'release' as const, release: 3 } };
    expect(changeOf(byNumber, served, 'succeeded', at(20))?.outcome).toBe('returned');
  });

  it.each<EndState>(['rolled_back', 'failed'])('is a failure when it is %s after it had traffic', (end) => {
    expect(changeOf(deployment, served, end, at(20))).toMatchObject({
      outcome: 'failed',
      servedAt: minutesAgo(20),
    });
    const byNumber = { ...deployment, target: { kind: 'release' as const, release: 3 } };
    expect(changeOf(byNumber, served, end, at(20))?.outcome).toBe('failed');
  });

  it.each<EndState>(['rolled_back', 'failed', 'succeeded'])(
    'is nothing when it is %s without traffic',
    (end) => {
      expect(changeOf(deployment, [state(0, 'fetching')], end, at(20))).toBeNull();
    },
  );

  it.each<EndState>(['cancelled', 'superseded'])('is nothing when it is %s', (end) => {
    expect(changeOf(deployment, served, end, at(20))).toBeNull();
  });
});

describe('the durations of stages', () => {
  it('go from state to state, and a stage that comes twice is summed up', () => {
    const journal = [
      entry(0, { type: 'run-began' }),
      state(10, 'fetching'),
      state(110, 'building'),
      state(400, 'fetching'),
      state(450, 'preparing'),
      state(500, 'canary'),
      state(700, 'held'),
      state(1_000, 'canary'),
      state(1_200, 'rolling'),
      state(1_500, 'watching'),
      entry(2_500, { type: 'finished', outcome: 'succeeded', reason: '' }),
      entry(9_000, { type: 'run-began' }),
    ];
    expect(Object.fromEntries(stageDurations(journal))).toEqual({
      fetching: 150,
      building: 290,
      preparing: 50,
      canary: 400,
      held: 300,
      rolling: 300,
      watching: 1_000,
    });
  });

  it('rolling back begins with the decision', () => {
    const back: JournalEvent = {
      type: 'rollback-began',
      outcome: 'rolled_back',
      reason: '',
      evidence: 'strong',
    };
    const journal = [state(0, 'canary'), entry(40, back), entry(90, { type: 'run-began' })];
    expect(Object.fromEntries(stageDurations(journal))).toEqual({ canary: 40, rolling_back: 50 });
  });

  it('are none for what never began', () => {
    expect(stageDurations([]).size).toBe(0);
    expect(stageDurations([entry(5, { type: 'run-began' })]).size).toBe(0);
  });
});
