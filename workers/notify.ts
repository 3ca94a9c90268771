import { RedisFigures } from '../src/adapters/redis/figures.ts';
import { forgetNoticeJobs, NoticeJobs } from '../src/adapters/redis/notice-jobs.ts';
import { RedisOutbox } from '../src/adapters/redis/outbox.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { nextTry } from '../src/domain/notice/next-try.ts';
import type { Logger } from '../src/observability/logger.ts';
import { type NoticeChannel, NoticeDelayed } from '../src/pipeline/notify/ports.ts';
import { giveUp, type Telling, tell } from '../src/pipeline/notify/tell.ts';
import { noticeSource } from './notice-source.ts';
import type { Store } from './store.ts';

/** How often what was noted is compared with what was told, in ms: a signal may be lost. */
const everyMs = 10_000;

export interface NotifierOptions {
  config: SiskinConfig;
  store: Store;
  channels: readonly NoticeChannel[];
  log: Logger;
  /** Nobody else works on this Redis: what a killed Siskin was at is taken up at once. */
  alone: boolean;
}

/** Tells people what happens, in every channel; what was not told before a stop is told after the next start. */
export async function startNotifier(options: NotifierOptions): Promise<{ close(): Promise<void> }> {
  const { store, channels, log, alone } = options;
  const outbox = new RedisOutbox(store.context);
  const stop = new AbortController();
  if (alone) for (const { name } of channels) await forgetNoticeJobs(store.context, store.commands, name);
  const jobs = channels.map((channel) => startChannel(options, channel, outbox, stop.signal));
  await Promise.all(jobs.map((one) => one.ready()));
  const later = (err: unknown) => log.warn({ err }, 'a notice waits; it is looked for again in 10 s');
  const add = async (ids: readonly string[]) => {
    for (const id of ids) await Promise.all(jobs.map((one) => one.add(id)));
  };
  const addAll = async () => (jobs.length > 0 ? add(await outbox.pending()) : outbox.clear());
  if (jobs.length > 0)
    outbox.follow(
      store.connect('subscriber'),
      (id) => void (id === null ? addAll() : add([id])).catch(later),
    );
  const timer = setInterval(() => void addAll().catch(later), everyMs);
  return {
    close: async () => {
      clearInterval(timer);
      stop.abort(new Error('the notifier closes'));
      await Promise.all(jobs.map((one) => one.close()));
    },
  };
}

function startChannel(
  { config, store, channels, log }: NotifierOptions,
  channel: NoticeChannel,
  outbox: RedisOutbox,
  stop: AbortSignal,
): NoticeJobs {
  const figures = new RedisFigures(store.context);
  const telling: Telling = {
    channel,
    channels: channels.map(({ name }) => name),
    outbox,
    source: noticeSource(config, store.history),
    clock: systemClock,
    stop,
    onTold: () => figures.countNotice(channel.name, 'told'),
  };
  return new NoticeJobs(store.context, store.commands, store.connect('queue'), channel.name, {
    tell: (id) => tell(id, telling),
    onFailure: async (error, deployment, count, forMs) => {
      const { retryAfterMs = null, needsPerson = false } = error instanceof NoticeDelayed ? error : {};
      const next = nextTry({ count, forMs, retryAfterMs, needsPerson });
      const fields = { channel: channel.name, deployment, failures: count, err: error };
      if (retryAfterMs !== null) await outbox.setQuiet(channel.name, retryAfterMs);
      await figures.countNotice(channel.name, next === null ? 'given-up' : 'failed');
      if (next === null) {
        await giveUp(deployment, telling);
        log.error(fields, 'nobody could be told for a day: given up');
      } else if (isPowerOfTwo(count))
        log.warn({ ...fields, nextMs: next }, 'not told yet; it is tried again');
      return next;
    },
    onError: (err) => log.warn({ err, channel: channel.name }, 'the queue of notices has trouble'),
  });
}

/** The first failures are told, then ever fewer: a service that is down for a night fills no disk. */
const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;
