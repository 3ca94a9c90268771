import { type LastRun, readLastRun, writeLastRun } from '../src/adapters/backups/last-run.ts';
import { isDue, nextSlot, type TimeOfDay } from '../src/domain/backup/schedule.ts';
import type { Logger } from '../src/observability/logger.ts';
import { type Repetition, repeat } from './repeat.ts';

export interface DailyRun {
  /** For the log. */
  name: string;
  at: TimeOfDay;
  /** Where `run` notes that it began. */
  lastRunFile: string;
  /** What it throws is logged, and the next day is waited for. */
  run: () => Promise<unknown>;
}

/** The clock may be set, and a host may sleep: it is looked at this often, in ms. */
const lookEveryMs = 30_000;

/** Runs something once a day; a time that passed while this process was not there is made up for at once, by one run. */
export function startDaily(
  { name, at, lastRunFile, run }: DailyRun,
  log: Pick<Logger, 'info' | 'warn'>,
  lookMs = lookEveryMs,
): Repetition {
  const look = async () => {
    try {
      const last = (await readLastRun(lastRunFile)) ?? (await firstSeen(lastRunFile));
      const beganAt = last.beganAt === null ? null : new Date(last.beganAt);
      if (!isDue(at, beganAt, new Date(last.since), new Date())) return;
      log.info({ run: name }, 'a daily run begins');
      await run();
      log.info({ run: name, next: nextSlot(at, new Date()).toISOString() }, 'a daily run ended well');
    } catch (err) {
      log.warn({ err, run: name }, 'a daily run failed');
    }
  };
  return repeat(look, () => lookMs);
}

async function firstSeen(file: string): Promise<LastRun> {
  const since = new Date().toISOString();
  const first: LastRun = { since, beganAt: null, succeededAt: null, result: null, reason: null };
  await writeLastRun(file, first);
  return first;
}
