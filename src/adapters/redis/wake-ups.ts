import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { isEndState } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import { readDeployment } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

/** Name of the queue that wakes environments. */
export const environmentsQueue = 'siskin-environments';

/** A wake-up that is over leaves nothing behind but its last events, which nobody but BullMQ reads. */
const eventsKept = 1_000;

/** Wakes environments. A wake-up carries no commit: what to do is read from the wanted state. */
export class WakeUps {
  readonly #queue: Queue<EnvironmentKey>;
  readonly #store: StoreContext;

  /** @param connection made with the role `commands`: a wake-up fails at once while Redis is away */
  constructor(store: StoreContext, connection: Redis, onError: (error: Error) => void) {
    this.#store = store;
    this.#queue = new Queue<EnvironmentKey>(environmentsQueue, {
      connection,
      prefix: store.keys.queues,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      streams: { events: { maxLen: eventsKept } },
    });
    this.#queue.on('error', onError);
  }

  /** Puts a wake-up into the queue, unless one waits there already. @throws SiskinError STORE_UNAVAILABLE */
  async wake({ app, environment }: EnvironmentKey): Promise<void> {
    const key = { app, environment };
    const deduplication = { id: environmentId(key), keepLastIfActive: true };
    await reaching(() => withinTwoSeconds(this.#queue.add('wake', key, { deduplication })));
  }

  /**
   * Wakes every environment whose wanted deployment has not ended, or the one that was taken up last: what was recorded and
   * not woken.
   * @returns the environments woken
   */
  async wakeUnfinished(): Promise<EnvironmentKey[]> {
    const { redis, keys } = this.#store;
    const known = (await reaching(() => redis.smembers(keys.environments))).map(keyOfId);
    const woken: EnvironmentKey[] = [];
    for (const key of known) {
      const ids = await reaching(() => redis.hmget(keys.environment(key), 'wanted', 'running'));
      const open = await Promise.all(ids.map((id) => this.#isOpen(id)));
      if (!open.includes(true)) continue;
      await this.wake(key);
      woken.push(key);
    }
    return woken;
  }

  async #isOpen(id: string | null): Promise<boolean> {
    const { redis, keys } = this.#store;
    const record = id && readDeployment(await reaching(() => redis.hgetall(keys.deployment(id))));
    return record ? !isEndState(record.state) : false;
  }

  /**
   * Forgets every wake-up, also those that somebody seems to work on; wakeUnfinished() brings back what is needed. Only
   * for one who knows that nobody else works on this queue. @throws SiskinError STORE_UNAVAILABLE
   */
  async forgetAll(): Promise<void> {
    await reaching(() => this.#queue.obliterate({ force: true }));
  }

  /**
   * Unlocks the wake-ups that an earlier process of this instance had in hand: the next look for stalled ones, about a
   * second away, puts them back. Only for one who knows that it is dead. @throws SiskinError STORE_UNAVAILABLE
   */
  async unlockOf(instance: string): Promise<void> {
    const active = await reaching(() => this.#queue.getJobs(['active']));
    const left = active.filter(({ processedBy }) => processedBy === instance);
    if (left.length === 0) return;
    await reaching(() =>
      this.#store.redis.del(...left.map(({ id = '' }) => `${this.#queue.toKey(id)}:lock`)),
    );
  }

  /** Wake-ups that wait, are delayed, and run. */
  async depth(): Promise<{ waiting: number; delayed: number; active: number }> {
    const counts = await reaching(() => this.#queue.getJobCounts('waiting', 'delayed', 'active'));
    return { waiting: counts.waiting ?? 0, delayed: counts.delayed ?? 0, active: counts.active ?? 0 };
  }

  /**
   * Seconds since the wake-up that waits longest was put into the queue, or back into it; 0 when none waits.
   * @throws SiskinError STORE_UNAVAILABLE
   */
  async oldestWaitingSeconds(now: Date): Promise<number> {
    const [oldest] = await reaching(() => this.#queue.getJobs(['waiting'], 0, 0, true));
    if (!oldest) return 0;
    const since = Math.max(oldest.timestamp, oldest.processedOn ?? 0);
    return Math.max(0, now.getTime() - since) / 1_000;
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}

const keyOfId = (id: string): EnvironmentKey => {
  const [app = '', environment = ''] = id.split('/');
  return { app, environment };
};

/** BullMQ waits without end for a connection that was never ready. */
async function withinTwoSeconds<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new SiskinError('STORE_UNAVAILABLE', 'The queue did not answer in 2 s.')),
      2_000,
    );
  });
  try {
    return await Promise.race([work, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
