import { describe, expect, it } from 'vitest';
import { verdictSchema } from '../../../src/api/schemas.ts';
import { discoveredTargets } from '../../../src/api/scrape-targets-view.ts';
import { verdictOf } from '../../../src/api/verdict-view.ts';
import type { CanaryPolicy, JournalEntry, JournalEvent } from '../../../src/domain/journal.ts';

const policy: CanaryPolicy = {
  share: 0.25,
  warmupMs: 3_000,
  minBakeMs: 15_000,
  maxBakeMs: 60_000,
  max5xx: 0.05,
  watchMs: 600_000,
  compare: 'baseline',
  onNoMetrics: 'hold',
  metricsTimeoutMs: 60_000,
  replicas: 4,
};
const entry = (seconds: number, event: JournalEvent): JournalEntry => ({ t: seconds * 1_000, at: '', event });
const tick = (source: 'prometheus' | 'router' = 'prometheus'): JournalEvent => ({
  ...{ type: 'tick', nc: 3, ec: 0, nb: 7, eb: 0, source, counters: {} },
  measures: { u: 0.5, v: 0.4, d: 3 },
});
const began = (change: Partial<Extract<JournalEvent, { type: 'rollout-began' }>> = {}): JournalEntry =>
  entry(8, {
    type: 'rollout-began',
    baseline: { release: 1, slots: [1, 2, 3] },
    skipCanary: false,
    counters: {},
    policy,
    ...change,
  });
const attached = entry(10, { type: 'replica-attached', replica: 'r2-1' });
/** As a record that a Siskin before this one wrote. */
const without = (event: JournalEntry, name: string): JournalEntry => {
  const { [name]: _left, ...rest } = event.event as Record<string, unknown>;
  return { ...event, event: rest as JournalEvent };
};

describe('verdictOf', () => {
  it('tells the policy, the evidence, the source and the warm-up of every tick', () => {
    const seconds = [11, 12, 13, 14, 15, 16];
    const ticks = seconds.map((t) => entry(t, tick(t === 12 ? 'router' : 'prometheus')));
    const verdict = verdictOf([began(), attached, ...ticks]);
    const { onNoMetrics: _hold, metricsTimeoutMs: _timeout, ...shown } = policy;
    expect(verdict).toMatchObject({ decision: 'pending', policy: shown, beganAt: 10_000, promotedAt: null });
    expect(verdictSchema.parse(verdict)).toEqual(verdict);
    // a count may be a tick late, so the warm-up is that much longer than 3 s
    expect(verdict?.ticks.map(({ warmUp }) => warmUp)).toEqual([true, true, true, true, false, false]);
    expect(verdict?.ticks[1]).toEqual({
      ...{ t: 12_000, nc: 3, ec: 0, nb: 7, eb: 0, u: 0.5, v: 0.4, d: 3 },
      source: 'router',
      warmUp: true,
    });
  });

  it('estimates from the traffic that was seen, of both releases', () => {
    const verdict = verdictOf([began({ policy: { ...policy, warmupMs: 0 } }), attached, entry(11, tick())]);
    expect(verdict?.estimate).toBe(
      'At this traffic (10 requests/s) a clean release is promoted in about 26 s, ' +
        'an all-failing one is rolled back after 4 of its requests.',
    );
  });

  it('estimates nothing where no canary is waited for: a first release, one that served well', () => {
    for (const change of [{ baseline: null }, { skipCanary: true }])
      expect(verdictOf([began(change), attached, entry(12, tick())])?.estimate).toBeNull();
  });

  it('lists the looks at conditions, and keeps the ticks from before an observation that began anew', () => {
    const met: JournalEvent = { type: 'condition', name: 'p95', outcome: 'met', value: 0.1, detail: '0.1' };
    const verdict = verdictOf([
      began({ policy: { ...policy, warmupMs: 1_000 } }),
      attached,
      entry(11, tick()),
      entry(12, met),
      entry(14, tick()),
      entry(20, { type: 'observation-began' }),
      entry(21, tick()),
      entry(22, { type: 'condition', name: 'p95', outcome: 'no-evidence', detail: 'no series' }),
      entry(23, { type: 'promoted', reason: 'good', evidence: 'strong', promotes: 0 }),
      entry(30, { type: 'rollback-began', outcome: 'rolled_back', reason: 'bad', evidence: 'strong' }),
    ]);
    expect(verdict?.ticks.map(({ t, warmUp }) => [t, warmUp])).toEqual([
      [11_000, true],
      [14_000, true],
      [21_000, true],
    ]);
    expect(verdict?.conditions).toEqual([
      { t: 12_000, name: 'p95', outcome: 'met', value: 0.1, detail: '0.1' },
      { t: 22_000, name: 'p95', outcome: 'no-evidence', detail: 'no series' },
    ]);
    expect(verdict).toMatchObject({ decision: 'rollback', promotedAt: 23_000, rollbackAt: 30_000 });
    expect(verdictSchema.parse(verdict)).toEqual(verdict);
  });

  it('reads journals of old versions, which have neither policy nor measures', () => {
    const verdict = verdictOf([without(began(), 'policy'), attached, without(entry(11, tick()), 'measures')]);
    expect(verdict).toMatchObject({ policy: null, estimate: null, beganAt: 10_000 });
    expect(verdict?.ticks[0]).toMatchObject({ u: null, v: null, d: null, warmUp: false });
    expect(verdictSchema.parse(verdict)).toEqual(verdict);
  });

  it('is nothing before something was measured', () => {
    expect(verdictOf([began(), attached])).toBeNull();
  });
});

describe('discoveredTargets', () => {
  it('gives Prometheus an entry per replica, with its labels and path', () => {
    const target = {
      address: '172.17.0.5:9100',
      path: '/stats',
      service: 'web',
      release: 12,
      replica: 'r12-1',
    };
    const environment = { app: 'shop', environment: 'production' };
    expect(
      discoveredTargets([{ ...environment, targets: [target, { ...target, replica: 'r12-2' }] }]),
    ).toEqual(
      ['r12-1', 'r12-2'].map((replica) => ({
        targets: ['172.17.0.5:9100'],
        labels: { ...environment, service: 'web', release: 'r12', replica, __metrics_path__: '/stats' },
      })),
    );
    expect(discoveredTargets([])).toEqual([]);
  });
});
