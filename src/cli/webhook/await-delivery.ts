import { setTimeout as sleep } from 'node:timers/promises';
import type { AnsweredDelivery, GithubHooks } from '../../adapters/github/hooks.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Io } from '../terminal/io.ts';
import { writeJson } from '../terminal/output.ts';
import { outcomeOf } from './answer.ts';

/** GitHub itself gives up after ten seconds, and lists a delivery a little later. */
const patienceMs = 30_000;
const pauseMs = 1_000;
/** More than arrive at one hook meanwhile. */
const looked = 30;

/**
 * Lets GitHub deliver something and waits until it lists that with its answer.
 * @param fits which of the deliveries that were not there before it is
 * @throws SiskinError WEBHOOK_NOT_ANSWERED when GitHub lists none in 30 s; GithubFailure
 */
export async function deliveryOf(
  hooks: GithubHooks,
  hookId: string,
  send: () => Promise<void>,
  fits: (delivery: { event: string; guid: string }) => boolean,
  interrupted: AbortSignal,
): Promise<AnsweredDelivery> {
  const before = new Set((await hooks.deliveries(hookId, looked)).map(({ id }) => id));
  await send();
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const now = await hooks.deliveries(hookId, looked);
    const found = now.find((one) => !before.has(one.id) && fits(one));
    if (found) return hooks.delivery(hookId, found.id);
    await sleep(pauseMs, undefined, { signal: interrupted });
  }
  throw new SiskinError(
    'WEBHOOK_NOT_ANSWERED',
    `GitHub has listed no delivery for ${patienceMs / 1_000} s.`,
    {
      hint: 'GitHub may be slow: look again with `siskin webhook list APP`.',
    },
  );
}

/** Tells how a delivery ended. @throws SiskinError WEBHOOK_NOT_ANSWERED unless Siskin took it */
export function reportDelivery(io: Io, delivery: AnsweredDelivery, json: boolean | undefined): void {
  const { id, event, duration, status, status_code: statusCode, answer } = delivery;
  const { outcome, text } = outcomeOf(statusCode, status, answer);
  if (json) writeJson(io, { id, event, statusCode, seconds: duration, outcome, text });
  if (statusCode < 200 || statusCode > 299 || outcome === 'strange')
    throw new SiskinError('WEBHOOK_NOT_ANSWERED', `The ${event} (delivery ${id}) was ${outcome}: ${text}`);
  if (!json)
    io.write(`${event} delivered in ${duration.toFixed(2)} s, answered ${statusCode}: ${outcome}, ${text}\n`);
}
