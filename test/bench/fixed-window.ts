import { setTimeout as delay } from 'node:timers/promises';
import type { ObservedServer, ServerCounters } from '../../src/domain/observation.ts';
import type { Router } from '../../src/pipeline/ports.ts';

/**
 * The rule that Siskin's is compared with, and nothing that Siskin does: wait for a fixed time, then look once.
 * For the comparison only.
 */
export interface FixedWindow {
  windowMs: number;
  /** Highest share of 5xx, 0 to 1, that is promoted. */
  max5xx: number;
}

export interface WindowOutcome {
  decision: 'promote' | 'rollback';
  counted: ServerCounters;
  /** Since the canary was attached, in seconds: to the decision, and to its getting no more requests. */
  decidedSeconds: number;
  detachedSeconds: number;
}

/**
 * Gives a canary its weight, waits, decides by the router's own counters, and takes the canary out again whatever the
 * decision.
 *
 * @param canary a healthy replica that the router does not know yet
 * @throws SiskinError of the router's; the canary may then still be attached
 */
export async function runFixedWindow(
  router: Pick<Router, 'addServer' | 'enableServer' | 'drainServer' | 'removeServer' | 'counters'>,
  backend: string,
  canary: Pick<ObservedServer, 'name' | 'address' | 'port' | 'weight'>,
  { windowMs, max5xx }: FixedWindow,
): Promise<WindowOutcome> {
  const { name, address, port, weight } = canary;
  await router.addServer(backend, name, address, port);
  await router.enableServer(backend, name, weight);
  const attached = performance.now();
  const seconds = (): number => (performance.now() - attached) / 1000;
  await delay(windowMs);
  const { servers } = await router.counters(backend);
  const counted = servers[name] ?? { requests: 0, errors: 0 };
  const decision = decideOnce(counted, max5xx);
  const decidedSeconds = seconds();
  await router.drainServer(backend, name);
  const detachedSeconds = seconds();
  await router.removeServer(backend, name);
  return { decision, counted, decidedSeconds, detachedSeconds };
}

/** More than the limit is rolled back; everything else is promoted, also a canary that nobody asked anything. */
export const decideOnce = (
  { requests, errors }: ServerCounters,
  max5xx: number,
): WindowOutcome['decision'] => (requests > 0 && errors / requests > max5xx ? 'rollback' : 'promote');
