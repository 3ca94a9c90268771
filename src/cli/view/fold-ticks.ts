import type { DeploymentEvent } from '../client/deployment-events.ts';

type JournalEvent = Extract<DeploymentEvent, { kind: 'journal' }>;

/** The longest time of the watch that one line tells of, in ms of the deployment's clock. */
const lineMs = 10_000;
const counts = ['nc', 'ec', 'nb', 'eb'] as const;

/**
 * A deployment's events for people to read line by line. The watch counts each second for ten minutes and mostly says that
 * nothing failed: those counts are added up until 10 s are over, something failed, or something else happened.
 */
export async function* foldTicks(events: AsyncIterable<DeploymentEvent>): AsyncGenerator<DeploymentEvent> {
  const folded = new Map<unknown, { begunAt: number; sum: JournalEvent }>();
  let watching = false;
  for await (const event of events) {
    if (watching && isTick(event)) {
      const { service } = event.event;
      const before = folded.get(service);
      const sum = before === undefined ? event : added(before.sum, event);
      const begunAt = before?.begunAt ?? event.t;
      if (event.t - begunAt < lineMs && !failed(sum)) folded.set(service, { begunAt, sum });
      else {
        folded.delete(service);
        yield sum;
      }
      continue;
    }
    yield* inOrder(folded.values());
    folded.clear();
    if (event.kind === 'journal' && event.event.type === 'state') watching = event.event.state === 'watching';
    yield event;
  }
  yield* inOrder(folded.values());
}

const inOrder = (folded: Iterable<{ sum: JournalEvent }>): JournalEvent[] =>
  [...folded].map(({ sum }) => sum).sort((a, b) => a.t - b.t);

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
