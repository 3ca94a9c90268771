import { RedisHeadRecords } from '../src/adapters/redis/head-records.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { environmentId } from '../src/domain/names.ts';
import type { TrackedApp } from '../src/domain/push-policy.ts';
import type { LookPace } from '../src/domain/reconcile/next-look.ts';
import type { Logger } from '../src/observability/logger.ts';
import { watchHeads } from '../src/pipeline/reconcile/head-watch.ts';
import type { BranchHeads } from '../src/pipeline/reconcile/ports.ts';
import type { Store } from './store.ts';

/** How often what was recorded is compared with what was woken, in ms. */
const everyMs = 60_000;

/** What the reconciler is given besides the store; without apps and source, branch heads are not looked at. */
export interface ReconcilerOptions {
  heads?: { apps: readonly TrackedApp[]; source: BranchHeads; pace: LookPace };
  /** Counts what was done; siskin_reconcile_actions_total. */
  onAction?: (action: string) => void;
}

/** Wakes what was recorded and not woken, at the start and every minute; finds the pushes that no webhook told of. */
export function startReconciler(
  store: Store,
  log: Logger,
  { heads, onAction = () => {} }: ReconcilerOptions = {},
): { stop(): Promise<void> } {
  const stop = new AbortController();
  const wake = () => wakeUnfinished(store, log, onAction);
  wake();
  const timer = setInterval(wake, everyMs);
  const records = new RedisHeadRecords(store);
  const watching = heads
    ? watchHeads(
        { source: heads.source, records, clock: systemClock, log, onAction },
        heads.apps,
        stop.signal,
        { pace: heads.pace },
      )
    : Promise.resolve();
  return {
    stop: async () => {
      clearInterval(timer);
      stop.abort();
      await watching;
    },
  };
}

function wakeUnfinished({ wakeUps }: Store, log: Logger, onAction: (action: string) => void): void {
  wakeUps.wakeUnfinished().then(
    (woken) => {
      if (woken.length === 0) return;
      onAction('woken');
      log.info({ environments: woken.map(environmentId) }, 'woken by the reconciler');
    },
    (err: unknown) => log.warn({ err }, 'the reconciler could not look; it looks again in a minute'),
  );
}
