import { toldAsOneMs } from '../../domain/thinned-journal.ts';
import type { DeploymentEvent } from '../client/deployment-events.ts';

type JournalEvent = Extract<DeploymentEvent, { kind: 'journal' }>;

const counts = ['nc', 'ec', 'nb', 'eb'] as const;

/**
 * A deployment's events for people to read line by line. The watch counts each second for ten minutes and mostly says that
 * nothing failed: those counts are added up until 10 s are over, something failed, or something else happened.
 */
export async function* foldTicks(events: AsyncIterable<DeploymentEvent>): AsyncGenerator<DeploymentEvent> {
  const folded = new FoldedTicks();
  let watching = false;
  for await (const event of events) {
    if (watching && isTick(event)) {
      yield* folded.add(event);
      continue;
    }
    yield* folded.rest();
    if (event.kind === 'journal' && event.event.type === 'state') watching = event.event.state === 'watching';
    yield event;
  }
  yield* folded.rest();
}

/** Sums that are not told yet, one for each service. */
class FoldedTicks {
  readonly #sums = new Map<unknown, { begunAt: number; sum: JournalEvent }>();

  /** @returns what is to be told now */
  add(tick: JournalEvent): JournalEvent[] {
    const { service } = tick.event;
    const before = this.#sums.get(service);
    this.#sums.delete(service);
    const joined = before !== undefined && tick.t - before.begunAt < toldAsOneMs;
    const sum = joined ? added(before.sum, tick) : tick;
    const over = before && !joined ? [before.sum] : [];
    if (failed(sum)) return [...over, sum];
    this.#sums.set(service, { begunAt: joined ? before.begunAt : tick.t, sum });
    return over;
  }

  /** @returns all that is not told yet, in order */
  rest(): JournalEvent[] {
    const rest = [...this.#sums.values()].map(({ sum }) => sum).sort((a, b) => a.t - b.t);
    this.#sums.clear();
    return rest;
  }
}

const isTick = (event: DeploymentEvent): event is JournalEvent =>
  event.kind === 'journal' && event.event.type === 'tick';

const failed = ({ event }: JournalEvent): boolean => numberOf(event.ec) + numberOf(event.eb) > 0;

const added = (sum: JournalEvent, next: JournalEvent): JournalEvent => ({
  ...next,
  event: {
    ...next.event,
    ...Object.fromEntries(
      counts.map((name) => [name, numberOf(sum.event[name]) + numberOf(next.event[name])]),
    ),
  },
});

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
