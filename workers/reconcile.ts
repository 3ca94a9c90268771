import { environmentId } from '../src/domain/names.ts';
import type { Logger } from '../src/observability/logger.ts';
import type { Store } from './store.ts';

/** How often what was recorded is compared with what was woken, in ms. */
const everyMs = 60_000;

/** Wakes what was recorded and not woken: at the start, and every minute. */
export function startReconciler({ wakeUps }: Store, log: Logger): { stop(): void } {
  const reconcile = () => {
    wakeUps.wakeUnfinished().then(
      (woken) => {
        if (woken.length > 0) log.info({ environments: woken.map(environmentId) }, 'woken by the reconciler');
      },
      (err: unknown) => log.warn({ err }, 'the reconciler could not look; it looks again in a minute'),
    );
  };
  reconcile();
  const timer = setInterval(reconcile, everyMs);
  return { stop: () => clearInterval(timer) };
}
