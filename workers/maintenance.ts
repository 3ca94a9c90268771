import { RedisJournalThinning } from '../src/adapters/redis/journal-thinning.ts';
import { isNearlyFull, redisMemory } from '../src/adapters/redis/memory.ts';
import { RedisRetention } from '../src/adapters/redis/retention.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import type { Logger } from '../src/observability/logger.ts';
import { type Repetition, repeat } from './repeat.ts';
import type { Store } from './store.ts';

/** How often the history is looked through, in ms, give or take a tenth: several processes need not do it at once. */
const everyMs = 600_000;

export interface MaintenanceOptions {
  config: Pick<SiskinConfig, 'history'>;
  store: Pick<Store, 'context'>;
  log: Pick<Logger, 'info' | 'warn'>;
}

/** Keeps the history from growing without bound: now, and every ten minutes. */
export function startMaintenance({ config, store, log }: MaintenanceOptions): Repetition {
  const retention = new RedisRetention(store.context);
  const journals = new RedisJournalThinning(store.context);
  const forget = async (stopped: AbortSignal) => {
    const { deployments, releases } = await retention.run(config.history, new Date(), stopped);
    if (deployments + releases > 0) log.info({ deployments, releases }, 'forgot what history need not keep');
  };
  const shorten = async (stopped: AbortSignal) => {
    const shortened = await journals.run(new Date(), stopped);
    if (shortened > 0) log.info({ journals: shortened }, 'shortened journals of deployments that ended');
  };
  const measure = async () => {
    const memory = await redisMemory(store.context.redis);
    if (isNearlyFull(memory))
      log.warn(
        memory,
        'Redis is nearly full, and a full one takes no push: raise maxmemory or lower history.keep',
      );
  };
  const lookThrough = async (stopped: AbortSignal) => {
    for (const work of [forget, shorten, measure])
      await work(stopped).catch((err: unknown) =>
        log.warn({ err }, 'the history could not be looked through; it is tried again in ten minutes'),
      );
  };
  return repeat(lookThrough, () => everyMs * (0.9 + Math.random() / 5));
}
