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
  const lookThrough = async (stopped: AbortSignal) => {
    try {
      const { deployments, releases } = await retention.run(config.history, new Date(), stopped);
      if (deployments + releases > 0)
        log.info({ deployments, releases }, 'forgot what history need not keep');
    } catch (err) {
      log.warn({ err }, 'the history could not be looked through; it is tried again in ten minutes');
    }
  };
  return repeat(lookThrough, () => everyMs * (0.9 + Math.random() / 5));
}
