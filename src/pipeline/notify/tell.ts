import { isEndState } from '../../domain/deployment.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import { anySignal } from '../any-signal.ts';
import type { Clock } from '../ports.ts';
import type { NoticeChannel, NoticeSource, Outbox, Told } from './ports.ts';

/** How long one delivery may take, in ms: a service that accepts and never answers holds nobody up for longer. */
const deliveryTimeoutMs = 30_000;

export interface Telling {
  channel: NoticeChannel;
  /** The names of all channels: a deployment leaves the outbox when the last of them knows its end. */
  channels: readonly string[];
  outbox: Outbox;
  source: NoticeSource;
  clock: Clock;
  /** Aborted when the worker closes. */
  stop: AbortSignal;
  /** Counts what was told. */
  onTold?: () => Promise<void>;
  /** In ms; 30 s unless told. */
  timeoutMs?: number;
}

/**
 * Shows one channel one deployment as it is now, unless it was shown that already. What happens meanwhile is told the next
 * time: nothing is told twice, and the order is that of what happened.
 *
 * @returns the ms after which to ask again, or null when there is nothing more to tell for now
 * @throws what the channel threw (see NoticeChannel.deliver), SiskinError STORE_UNAVAILABLE
 */
export async function tell(deployment: string, telling: Telling): Promise<number | null> {
  const { channel, channels, outbox, source, clock, onTold } = telling;
  const revision = await outbox.revision(deployment);
  if (revision === null) return null;
  const told = await outbox.told(channel.name, deployment);
  const pause = told.revision === revision ? 0 : pauseLeft(told.at, channel.pauseMs, clock);
  const wait = Math.max(pause, await outbox.quietMs(channel.name));
  if (wait > 0) return wait;
  const notice = await source.notice(deployment);
  if (notice === null) {
    await outbox.drop(deployment);
    return null;
  }
  if (told.revision !== revision) {
    // Asked again after the short pause: what is more than a count must not wait for the long one.
    if (isCalm(notice, told, telling)) return channel.pauseMs;
    await inTime(telling, (signal) =>
      channel.deliver(notice, told.memory, {
        signal,
        remember: (memory) => outbox.remember(channel.name, deployment, memory),
      }),
    );
    const at = clock.now().getTime();
    await outbox.noteTold(channel.name, deployment, { revision, at, state: notice.state });
    await onTold?.();
  }
  if (isEndState(notice.state)) await outbox.settle(deployment, channels, revision);
  return null;
}

/** Says no more of what has changed so far: nobody could be told for too long. */
export async function giveUp(
  deployment: string,
  { channel, channels, outbox, clock }: Pick<Telling, 'channel' | 'channels' | 'outbox' | 'clock'>,
): Promise<void> {
  const revision = await outbox.revision(deployment);
  if (revision === null) return;
  const at = clock.now().getTime();
  await outbox.noteTold(channel.name, deployment, { revision, at, state: null });
  await outbox.settle(deployment, channels, revision);
}

const isCalm = ({ state }: Notice, told: Told, { channel, clock }: Telling): boolean =>
  state === 'watching' && told.state === state && pauseLeft(told.at, channel.calmPauseMs, clock) > 0;

/** A clock that was set back since holds nothing up. */
function pauseLeft(toldAt: number, pauseMs: number, clock: Clock): number {
  const since = clock.now().getTime() - toldAt;
  return since < 0 ? 0 : Math.max(0, pauseMs - since);
}

async function inTime(
  { stop, timeoutMs = deliveryTimeoutMs }: Telling,
  deliver: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error(`there was no answer within ${timeoutMs / 1_000} s`)),
    timeoutMs,
  );
  const both = anySignal([stop, late.signal]);
  try {
    await Promise.race([deliver(both.signal), rejection(both.signal)]);
  } finally {
    clearTimeout(timer);
    both.unlink();
  }
}

const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
