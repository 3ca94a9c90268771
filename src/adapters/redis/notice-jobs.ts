import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { giveUp } from './connect.ts';
import { settlesWithin } from './settles-within.ts';
import { reaching, type StoreContext } from './store-context.ts';

/** A deployment to be told of in one channel. It says nothing of what happened: that is read when it is told. */
const noticeJob = z.object({
  deployment: z.string().regex(/^d[1-9]\d{0,14}$/),
  /** Failed deliveries in a row, and epoch milliseconds of the first. */
  failures: z.int().optional(),
  failingSince: z.number().optional(),
});
type NoticeJob = z.infer<typeof noticeJob>;

export interface NoticeRuns {
  /** @returns ms after which to ask again, or null when there is nothing more to tell for now */
  tell(deployment: string): Promise<number | null>;
  /**
   * Decides about a delivery that failed.
   * @param failures in a row, this one too @param forMs since the first of them
   * @returns ms after which to try again, or null when it gave up
   */
  onFailure(error: unknown, deployment: string, failures: number, forMs: number): Promise<number | null>;
  /** Told of errors of the queue itself. */
  onError: (error: unknown) => void;
}

/** Deliveries of one channel at the same time: one that hangs must not hold up the others. */
const concurrency = 8;
const lockMs = 20_000;
const stalledCheckMs = 5_000;
const eventsKept = 1_000;

/** The deliveries of one channel: a job per deployment, never two of one at once. */
export class NoticeJobs {
  readonly #queue: Queue<NoticeJob>;
  readonly #worker: Worker<NoticeJob>;
  readonly #connection: Redis;
  readonly #stop = new AbortController();

  /**
   * @param commands made with the role `commands`, for adding @param connection with the role `queue`, for this alone
   */
  constructor(store: StoreContext, commands: Redis, connection: Redis, channel: string, runs: NoticeRuns) {
    const name = queueName(channel);
    const prefix = store.keys.queues;
    this.#connection = connection;
    this.#queue = new Queue<NoticeJob>(name, {
      connection: commands,
      prefix,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      streams: { events: { maxLen: eventsKept } },
    });
    this.#worker = new Worker<NoticeJob>(name, (job, token) => runJob(job, token, runs, this.#stop.signal), {
      connection,
      prefix,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
      maxStalledCount: 1_000,
    });
    this.#queue.on('error', runs.onError);
    this.#worker.on('error', runs.onError);
  }

  ready(): Promise<unknown> {
    return this.#worker.waitUntilReady();
  }

  /** One that waits already is not added again; one that is told of now is told of once more. @throws SiskinError STORE_UNAVAILABLE */
  async add(deployment: string): Promise<void> {
    const deduplication = { id: deployment, keepLastIfActive: true };
    await reaching(() => this.#queue.add('tell', { deployment }, { deduplication }));
  }

  async close(): Promise<void> {
    const closed = this.#worker.close();
    this.#stop.abort(new Error('the notifier closes'));
    if (!(await settlesWithin(closed, 5_000))) giveUp(this.#connection);
    await settlesWithin(this.#queue.close(), 1_000);
  }
}

/**
 * Forgets every delivery of a channel, also one that somebody seems to be at: what is to be told stands in the outbox.
 * Only for one who knows that nobody else works on it. @throws SiskinError STORE_UNAVAILABLE
 */
export async function forgetNoticeJobs(store: StoreContext, commands: Redis, channel: string): Promise<void> {
  const queue = new Queue(queueName(channel), { connection: commands, prefix: store.keys.queues });
  queue.on('error', () => {
    // the command itself fails too, and says so
  });
  try {
    await reaching(() => queue.obliterate({ force: true }));
  } finally {
    await queue.close();
  }
}

const queueName = (channel: string): string => `siskin-notices-${channel}`;

async function runJob(
  job: Job<NoticeJob>,
  token: string | undefined,
  runs: NoticeRuns,
  stop: AbortSignal,
): Promise<void> {
  const { deployment, failures = 0, failingSince = Date.now() } = noticeJob.parse(job.data);
  let wait: number | null;
  try {
    wait = await runs.tell(deployment);
    if (failures > 0) await job.updateData({ deployment });
  } catch (error) {
    if (stop.aborted) wait = 0;
    else {
      wait = await runs.onFailure(error, deployment, failures + 1, Date.now() - failingSince);
      await job.updateData({ deployment, failures: failures + 1, failingSince });
    }
  }
  if (wait === null) return;
  await job.moveToDelayed(Date.now() + wait, token);
  throw new DelayedError();
}
