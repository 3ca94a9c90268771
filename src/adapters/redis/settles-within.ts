import { setTimeout as sleep } from 'node:timers/promises';

/** Whether it has settled after so many ms; it goes on if not. @throws what it was rejected with, in that time */
export async function settlesWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const stop = new AbortController();
  const late = sleep(ms, false, { signal: stop.signal });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    stop.abort();
    // Aborted: nobody waits for it any more.
    late.catch(() => {});
  }
}
