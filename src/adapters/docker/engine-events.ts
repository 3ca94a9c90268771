import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import { type EnvironmentKey, namePattern } from '../../domain/names.ts';
import { reachingEngine } from './engine-errors.ts';

export interface EngineEventsOptions {
  /** Something happened to a container of this environment; look at it. */
  onChange(key: EnvironmentKey): void;
  /** The events flow, for the first time or again: what happened before is not known, so everything is to be looked at. */
  onOpen(): void;
  /** The engine cannot be listened to; it is tried again after 0.1 s, 0.2 s, … 5 s. Told once until it works again. */
  onError(error: unknown): void;
}

/** What may mean that a replica is gone, is back, or has another address. */
const filters = {
  type: ['container' as const, 'network' as const],
  event: [
    ...['create', 'destroy', 'die', 'oom', 'rename', 'start', 'stop', 'health_status'],
    ...['connect', 'disconnect'],
  ],
};

const firstBackoffMs = 100;
const lastBackoffMs = 5_000;

/** Listens to the engine until closed; opens the stream again whenever it ends. */
export function followEngine(docker: Docker, options: EngineEventsOptions): { close(): void } {
  const closed = new AbortController();
  void follow(docker, options, closed.signal);
  return { close: () => closed.abort() };
}

async function follow(docker: Docker, options: EngineEventsOptions, closed: AbortSignal): Promise<void> {
  let backoffMs = firstBackoffMs;
  let told = false;
  while (!closed.aborted) {
    try {
      const stream = await open(docker, closed);
      options.onOpen();
      backoffMs = firstBackoffMs;
      told = false;
      await reachingEngine(() => hearAll(docker, stream, options));
    } catch (error) {
      if (!closed.aborted && !told) options.onError(error);
      told = true;
    }
    // the next one comes in any case; aborted means closed
    await sleep(backoffMs, undefined, { signal: closed, ref: false }).catch(() => undefined);
    backoffMs = Math.min(lastBackoffMs, backoffMs * 2);
  }
}

/** One stream for both kinds: a filter by label would keep a network's events out, for they do not bear any. */
function open(docker: Docker, closed: AbortSignal): Promise<NodeJS.ReadableStream> {
  return reachingEngine(() => docker.getEvents({ filters, abortSignal: closed }));
}

/** Until the stream ends; one that breaks off means that the engine is not there. */
async function hearAll(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  options: EngineEventsOptions,
): Promise<void> {
  for await (const line of lines(stream)) await hear(docker, line, options);
}

/** An event is hardly a kilobyte; labels may be long. */
const maxLineLength = 256 * 1024;

/** The stream's lines. @throws Error when one is longer than any event */
async function* lines(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of stream) {
    text += chunk.toString();
    const complete = text.split('\n');
    text = complete.pop() ?? '';
    if (text.length > maxLineLength) throw new Error('the engine sent an event that is too long');
    yield* complete.filter((line) => line !== '');
  }
}

async function hear(docker: Docker, line: string, options: EngineEventsOptions): Promise<void> {
  const event = parseEngineEvent(line);
  if (event === null) return;
  const key = 'container' in event ? await environmentOf(docker, event.container) : event;
  if (key) options.onChange(key);
}

const name = z.string().regex(namePattern);
const labels = z.object({ 'siskin.app': name, 'siskin.environment': name });
const engineEvent = z.object({
  Type: z.enum(['container', 'network']),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()) }),
});
const containerId = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * Reads one event of the engine's stream.
 * @returns the environment of a container of ours; the id of a container that joined or left a network, whosever it is;
 *   null for anything else
 */
export function parseEngineEvent(line: string): EnvironmentKey | { container: string } | null {
  const event = engineEvent.safeParse(json(line)).data;
  if (!event) return null;
  const { Attributes } = event.Actor;
  if (event.Type === 'network') {
    const container = containerId.safeParse(Attributes.container).data;
    return container === undefined ? null : { container };
  }
  return keyOf(Attributes);
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // not an event, like anything else that is none
  }
}

/** @returns null when it is not ours, or gone */
async function environmentOf(docker: Docker, container: string): Promise<EnvironmentKey | null> {
  const filters = { id: [container], label: ['siskin.app'] };
  const [found] = await reachingEngine(() => docker.listContainers({ all: true, filters }));
  return found ? keyOf(found.Labels) : null;
}

function keyOf(attributes: Record<string, string>): EnvironmentKey | null {
  const ours = labels.safeParse(attributes).data;
  return ours ? { app: ours['siskin.app'], environment: ours['siskin.environment'] } : null;
}
