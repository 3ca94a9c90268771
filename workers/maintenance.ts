import { RedisRetention } from '../src/adapters/redis/retention.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import type { Logger } from '../src/observability/logger.ts';
import type { Store } from './store.ts';

/** How often the history is looked through, in ms, give or take a tenth: several processes need not do it at once. */
const everyMs = 600_000;

export interface MaintenanceOptions {
  config: Pick<SiskinConfig, 'history'>;
  store: Pick<Store, 'context'>;
  log: Pick<Logger, 'info' | 'warn'>;
}

/** Keeps the history from growing without bound: now, and every ten minutes. */
export function startMaintenance({ config, store, log }: MaintenanceOptions): { stop: () => Promise<void> } {
  const retention = new RedisRetention(store.context);
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const run = async () => {
    try {
      const { deployments, releases } = await retention.run(config.history, new Date(), stopped.signal);
      if (deployments + releases > 0)
        log.info({ deployments, releases }, 'forgot what history need not keep');
    } catch (err) {
      log.warn({ err }, 'the history could not be looked through; it is tried again in ten minutes');
    }
    if (!stopped.signal.aborted) timer = setTimeout(start, everyMs * (0.9 + Math.random() / 5));
  };
  const start = () => {
    running = run();
  };
  start();
  return {
    stop: async () => {
      stopped.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
