import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry, JournalEvent } from '../../../src/domain/journal.ts';
import { foldProgress } from '../../../src/domain/rollout/progress.ts';
import { thinnedJournal } from '../../../src/domain/thinned-journal.ts';

const measures = { u: 1, v: 1, d: 1 };
const tick = (nc: number, ec = 0, more: { service?: string; source?: 'prometheus' | 'router' } = {}) => ({
  ...{ type: 'tick' as const, nc, ec, nb: 2 * nc, eb: 0, source: 'prometheus' as const, measures },
  counters: { 'r2-1': { requests: nc, failures: ec, connectionFailures: 0 } } as never,
  ...more,
});
const state = (name: 'canary' | 'watching' | 'succeeded'): JournalEvent => ({ type: 'state', state: name });

/** Each a second after the one before. */
const journal = (...events: JournalEvent[]) =>
  events.map((event, second): { entry: JournalEntry } => ({ entry: { t: second * 1_000, at: '', event } }));
const shown = (entries: readonly { entry: JournalEntry }[]) =>
  entries.map(({ entry: { t, event } }) => {
    const { service = '' } = event;
    return `${t / 1_000} ${service}${event.type === 'tick' ? `${event.nc}/${event.ec}` : event.type}`;
  });

describe('the journal of a deployment that has ended', () => {
  it('has one tick for each 10 s of its watch', () => {
    const watch = Array.from({ length: 25 }, () => tick(3));
    expect(shown(thinnedJournal(journal(state('watching'), ...watch)))).toEqual([
      '0 state',
      '10 30/0',
      '20 30/0',
      '25 15/0',
    ]);
  });

  it('keeps every tick of the canary, and each that failed', () => {
    const events = [
      state('canary'),
      tick(1),
      tick(1),
      state('watching'),
      tick(1),
      tick(1, 1),
      tick(1),
      tick(1),
    ];
    expect(shown(thinnedJournal(journal(...events)))).toEqual([
      ...['0 state', '1 1/0', '2 1/0', '3 state'],
      ...['4 1/0', '5 1/1', '7 2/0'],
    ]);
  });

  it('adds up nothing of different services or sources, or across what happened', () => {
    const web = { service: 'web ' };
    const events: JournalEvent[] = [
      ...[state('watching'), tick(1, 0, web), tick(5), tick(1, 0, web), tick(5, 0, { source: 'router' })],
      ...[{ type: 'no-metrics' as const, detail: '' }, tick(5, 0, { source: 'router' })],
    ];
    expect(shown(thinnedJournal(journal(...events)))).toEqual([
      ...['0 state', '2 5/0', '3 web 2/0', '4 5/0', '5 no-metrics', '6 5/0'],
    ]);
  });

  const anyEvent = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.tuple(fc.nat(9), fc.constantFrom(0, 0, 0, 1)).map(([n, e]) => tick(n + e, e)),
    },
    fc.constantFrom(state('canary'), state('watching'), { type: 'observation-began' as const }),
  );
  it('has the same requests and failures, and nothing else less', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 80 }), (events) => {
        const entries = journal(tick(1), ...events);
        const thin = thinnedJournal(entries);
        const sums = (list: typeof entries) => {
          const ticks = list.flatMap(({ entry: { event } }) => (event.type === 'tick' ? [event] : []));
          return [ticks.reduce((sum, { nc }) => sum + nc, 0), ticks.reduce((sum, { ec }) => sum + ec, 0)];
        };
        expect(sums(thin)).toEqual(sums(entries));
        const others = (list: typeof entries) => list.filter(({ entry }) => entry.event.type !== 'tick');
        expect(others(thin)).toEqual(others(entries));
        const folded = (list: typeof entries) => {
          const { ticks: _, ...rest } = foldProgress(list.map(({ entry }) => entry));
          return rest;
        };
        expect(folded(thin)).toEqual(folded(entries));
      }),
    );
  });
});
