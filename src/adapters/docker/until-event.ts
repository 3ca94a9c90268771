import type Docker from 'dockerode';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import { reachingEngine } from './engine-errors.ts';

/** Which events are worth a look: GET /events of the Docker Engine API, "filters". */
export interface ContainerEvents {
  container?: string[];
  label?: string[];
  /** Absent: all that happens to containers. */
  event?: string[];
}

/**
 * Calls `look` now and whenever such an event happens, until it returns true.
 * @param signal ends the waiting
 * @returns whether `look` returned true
 * @throws SiskinError DOCKER_UNAVAILABLE, also when the engine goes away meanwhile; what `look` throws
 */
export async function untilEvent(
  docker: Docker,
  wanted: ContainerEvents,
  look: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  const ended = new AbortController();
  const { signal: abortSignal, unlink } = anySignal([signal, ended.signal]);
  try {
    const filters = { type: ['container' as const], ...wanted };
    // The stream is opened before the first look: what happens in between is not missed.
    const events = await reachingEngine(() => docker.getEvents({ filters, abortSignal }));
    if (await look()) return true;
    for await (const _event of events) if (await look()) return true;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    ended.abort();
    unlink();
  }
  if (signal.aborted) return false;
  throw new SiskinError('DOCKER_UNAVAILABLE', 'the Docker engine ended its stream of events');
}
