import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type EnvironmentKey, environmentId, namePattern } from '../../domain/names.ts';
import { giveUp } from './connect.ts';
import { settlesWithin } from './settles-within.ts';
import type { StoreContext } from './store-context.ts';
import { environmentsQueue } from './wake-ups.ts';

export interface EnvironmentRuns {
  /** Names this process over its restarts, see WakeUps.unlockOf. */
  instance?: string;
  /** How many environments are worked on at once. */
  concurrency: number;
  /**
   * Works on one environment until nothing is left to do. The signal is aborted when the run must stop: its
   * lock was lost, or the worker closes. `busy`: another worker holds the lease, wake me again soon.
   */
  handler(key: EnvironmentKey, signal: AbortSignal): Promise<'done' | 'busy'>;
  /** Told of connection errors and of runs that threw; those runs are repeated. */
  onError(error: unknown, key: EnvironmentKey | null): void;
  timing?: { lockMs?: number; stalledCheckMs?: number; retryBusyMs?: number; retryFailedMs?: number };
}

export interface EnvironmentWorker {
  /** Takes no more wake-ups, aborts the runs, puts their wake-ups back; resolves when all have returned, or after `graceMs`. */
  close(graceMs?: number): Promise<void>;
  ready(): Promise<void>;
}

/**
 * Works on woken environments. A wake-up is never lost: a killed worker's comes back within 15 s, a busy or failed
 * run's after seconds, a closed worker's at once. Lock and lease live 10 s, which a slow machine or Redis may use up to
 * the half of before anything is lost; what is left of the 15 s goes to noticing, so the looks are close together.
 * @param connection made with the role `queue`
 */
export function runEnvironments(
  store: StoreContext,
  connection: Redis,
  runs: EnvironmentRuns,
): EnvironmentWorker {
  const { lockMs = 10_000, stalledCheckMs = 1_000 } = runs.timing ?? {};
  const active = new Map<string, AbortController>();
  const worker = new Worker<EnvironmentKey>(
    environmentsQueue,
    (job, token) => runJob(job, token, runs, active),
    {
      connection,
      prefix: store.keys.queues,
      concurrency: runs.concurrency,
      ...(runs.instance !== undefined && { name: runs.instance }),
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
      // A wake-up is never given up: an environment whose workers are killed again and again still has to reach its end.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: 1_000,
    },
  );
  worker.on('error', (error) => runs.onError(error, null));
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) active.get(id)?.abort(new Error('The lock on the wake-up was lost.'));
  });
  return {
    ready: () => worker.waitUntilReady(),
    close: async (graceMs = 10_000) => {
      const closed = worker.close();
      for (const run of active.values()) run.abort(workerCloses);
      if (await settlesWithin(closed, graceMs)) return;
      // With Redis dead, BullMQ waits without end to say that a job has ended. The wake-up will be found stalled.
      giveUp(connection);
      await settlesWithin(closed, 2_000);
    },
  };
}

const workerCloses = new Error('The worker closes.');
const wakeUp = z.object({ app: z.string().regex(namePattern), environment: z.string().regex(namePattern) });

async function runJob(
  job: Job<EnvironmentKey>,
  token: string | undefined,
  runs: EnvironmentRuns,
  active: Map<string, AbortController>,
): Promise<void> {
  const { retryBusyMs = 1_000, retryFailedMs = 5_000 } = runs.timing ?? {};
  const key = wakeUp.parse(job.data);
  const id = job.id ?? environmentId(key);
  const run = new AbortController();
  active.set(id, run);
  try {
    const outcome = await runs.handler(key, run.signal);
    if (run.signal.reason === workerCloses) return await again(job, token, 0);
    if (outcome === 'busy') return await again(job, token, retryBusyMs);
  } catch (error) {
    if (error instanceof DelayedError) throw error;
    if (run.signal.reason === workerCloses) return await again(job, token, 0);
    runs.onError(error, key);
    return await again(job, token, retryFailedMs);
  } finally {
    active.delete(id);
  }
}

/** Puts the wake-up back for later. @throws DelayedError always: it tells BullMQ that the job has not ended */
async function again(job: Job<EnvironmentKey>, token: string | undefined, delayMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}
