import { describe, expect, it } from 'vitest';
import type { JournalEntry, JournalEvent } from '../../../src/domain/journal.ts';
import { type ReleaseRecord, stagesOf } from '../../bench/release-stages.ts';

const evidence = 'low' as const;
const began = Date.parse('2026-11-21T03:00:00.000Z');
const entry = (t: number, event: JournalEvent): JournalEntry => ({
  t,
  // The wall clock jumps in the middle of it: times are the deployment's own.
  at: new Date(began + t + (t > 500 ? 3_600_000 : 0)).toISOString(),
  event,
});

const journal: JournalEntry[] = [
  entry(0, { type: 'run-began' }),
  entry(5, { type: 'state', state: 'fetching' }),
  entry(60, { type: 'state', state: 'building' }),
  entry(300, { type: 'state', state: 'preparing' }),
  entry(310, { type: 'step-began', step: 'StartReplica r2-1' }),
  entry(700, { type: 'step-ended', step: 'StartReplica r2-1', outcome: 'ok' }),
  entry(900, { type: 'replica-healthy', replica: 'r2-1' }),
  entry(950, { type: 'replica-attached', replica: 'r2-1' }),
  entry(2_000, { type: 'promoted', reason: '', evidence, promotes: 0 }),
  entry(2_005, { type: 'step-began', step: 'Drain r1-1' }),
  entry(2_010, { type: 'step-ended', step: 'Drain r1-1', outcome: 'ok' }),
  entry(2_310, { type: 'step-began', step: 'RemoveServer r1-1' }),
  entry(2_340, { type: 'step-began', step: 'StopReplica r1-1' }),
  entry(2_500, { type: 'state', state: 'watching' }),
  entry(3_520, { type: 'step-began', step: 'RemoveReplica r1-1' }),
  entry(3_550, { type: 'finished', outcome: 'succeeded', reason: '' }),
];

const record: ReleaseRecord = {
  createdAt: began - 8,
  journal,
  engine: { started: began + 690, killed: began + 2_345, stopped: began + 2_465 },
  listening: began + 750,
  asked: { bakeMs: 1_000, watchMs: 1_000 },
};

describe("a release's stages", () => {
  it('follow each other and leave nothing out', () => {
    const { stages, totalMs, ownMs, waits } = stagesOf(record);
    expect(stages.map(({ name, wholeMs, ownMs: own }) => [name, wholeMs, own])).toEqual([
      ['queue', 8, 8],
      ['fetch', 60, 60],
      ['context + build', 240, 240],
      ['start', 390, 390],
      ['boot', 60, 0],
      ['health', 150, 150],
      ['smoke + attach', 50, 50],
      ['bake', 1_050, 50],
      ['drain', 310, 10],
      ['detach', 30, 30],
      ['stop', 160, 40],
      ['watch', 1_020, 20],
      ['clean up + finish', 30, 30],
    ]);
    expect(totalMs).toBe(3_558);
    expect(ownMs).toBe(totalMs - waits.reduce((total, { from, to }) => total + to - from, 0));
  });

  it('never counts a boot below nothing, when the app listened before the engine said that it runs', () => {
    const { stages, totalMs } = stagesOf({ ...record, listening: began + 680 });
    expect(stages.find(({ name }) => name === 'boot')).toEqual({
      name: 'boot',
      wholeMs: 0,
      waitedMs: 0,
      ownMs: 0,
    });
    expect(totalMs).toBe(3_558);
  });

  it('says which mark a journal lacks', () => {
    const first = journal.filter(({ event }) => !('step' in event && event.step === 'Drain r1-1'));
    expect(() => stagesOf({ ...record, journal: first })).toThrow('lacks the mark step-ended Drain');
  });
});
