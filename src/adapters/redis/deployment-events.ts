import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, isEndState } from '../../domain/deployment.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import { readDeployment, readJournalEntry } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

/** One thing that happened in a deployment. The cursor names the place after it. */
export type DeploymentEvent =
  | { cursor: string; kind: 'journal'; entry: JournalEntry }
  | { cursor: string; kind: 'log'; line: string }
  | { cursor: string; kind: 'end'; deployment: Deployment };

const cursorPattern = /^(\d{1,16}-\d{1,16})_(\d{1,16}-\d{1,16})$/;
const pollMs = 200;

/**
 * Follows a deployment's journal and log from a cursor (from the beginning when it is absent or not one of
 * ours), until the deployment has ended (last event `end`) or the signal is aborted.
 * @throws SiskinError STORE_UNAVAILABLE
 */
export async function* followDeployment(
  store: StoreContext,
  id: string,
  cursor: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<DeploymentEvent> {
  let place = placeOf(cursor);
  let lastLook = false;
  while (!signal.aborted) {
    const deployment = readDeployment(await reaching(() => store.redis.hgetall(store.keys.deployment(id))));
    const found = await entriesAfter(store, id, place);
    for (const { place: after, event } of found) {
      place = after;
      yield { ...event, cursor: `${place.journal}_${place.log}` };
    }
    if (deployment === null) return;
    if (lastLook && found.length === 0) {
      yield { cursor: `${place.journal}_${place.log}`, kind: 'end', deployment };
      return;
    }
    // What its worker writes beside the end may come a moment after it.
    lastLook = isEndState(deployment.state);
    if (found.length === 0 || lastLook) await pause(signal);
  }
}

interface Place {
  journal: string;
  log: string;
}

const placeOf = (cursor: string | undefined): Place => {
  const [, journal = '0-0', log = '0-0'] = cursorPattern.exec(cursor ?? '') ?? [];
  return { journal, log };
};

type Found = {
  place: Place;
  event: { kind: 'journal'; entry: JournalEntry } | { kind: 'log'; line: string };
};

async function entriesAfter({ redis, keys }: StoreContext, id: string, from: Place): Promise<Found[]> {
  const names = [keys.journal(id), keys.log(id)] as const;
  const streams = await reaching(() =>
    redis.xread('COUNT', 500, 'STREAMS', ...names, from.journal, from.log),
  );
  const all = (streams ?? []).flatMap(([name, entries]) =>
    entries.map(([at, fields]) => ({ isJournal: name === names[0], at, text: fields[1] ?? '' })),
  );
  all.sort((a, b) => timeOf(a.at) - timeOf(b.at));
  let place = from;
  return all.map(({ isJournal, at, text }) => {
    place = isJournal ? { ...place, journal: at } : { ...place, log: at };
    const event = isJournal
      ? { kind: 'journal' as const, entry: readJournalEntry(text) }
      : { kind: 'log' as const, line: text };
    return { place, event };
  });
}

const timeOf = (streamId: string): number => Number(streamId.split('-', 1)[0]);

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(pollMs, undefined, { signal });
  } catch {
    // Aborted: the loop above ends.
  }
}
