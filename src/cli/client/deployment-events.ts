import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { eventDataSchemas } from '../../api/schemas.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Client } from './client.ts';
import type { ServerEvent } from './server-events.ts';

type Data<K extends keyof typeof eventDataSchemas> = z.infer<(typeof eventDataSchemas)[K]>;

export type DeploymentEvent =
  | ({ kind: 'journal' } & Data<'journal'>)
  | ({ kind: 'log' } & Data<'log'>)
  | ({ kind: 'end' } & Data<'end'>);

const retryMs = 1_000;
const patienceMs = 60_000;

/**
 * A deployment's journal and log from the beginning to its end, across restarts of the server.
 * Ends early when the signal aborts. @throws RemoteError; SiskinError SERVER_UNREACHABLE after a minute without a word
 */
export async function* follow(
  client: Client,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<DeploymentEvent> {
  let cursor: string | null = null;
  let heardAt = performance.now();
  while (!signal.aborted) {
    try {
      for await (const event of client.events(`/api/v1/deployments/${id}/events`, cursor, signal)) {
        heardAt = performance.now();
        cursor = event.id;
        const known = parseEvent(event);
        if (known !== null) yield known;
        if (known?.kind === 'end') return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isUnreachable(error) || performance.now() - heardAt > patienceMs) throw error;
    }
    // Only an abort rejects it, and the loop looks at that itself.
    await sleep(retryMs, undefined, { signal }).catch(() => {});
  }
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof SiskinError && error.code === 'SERVER_UNREACHABLE';

/** @returns null for an event of a newer server */
function parseEvent({ event, data }: ServerEvent): DeploymentEvent | null {
  switch (event) {
    case 'journal':
      return { kind: 'journal', ...parseData('journal', data) };
    case 'log':
      return { kind: 'log', ...parseData('log', data) };
    case 'end':
      return { kind: 'end', ...parseData('end', data) };
    default:
      return null;
  }
}

function parseData<K extends keyof typeof eventDataSchemas>(kind: K, text: string): Data<K> {
  try {
    return eventDataSchemas[kind].parse(JSON.parse(text)) as Data<K>;
  } catch (error) {
    throw new SiskinError(
      'SERVER_ANSWER_INVALID',
      `The server sent an event "${kind}" that is not understood.`,
      {
        cause: error,
      },
    );
  }
}
