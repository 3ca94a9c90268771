import type { ErrorCode } from '../../domain/errors/catalogue.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { RunContext } from '../run-context.ts';

/** How long an outage of something outside is waited for before the deployment fails of it, in ms. */
const patienceMs: Partial<Record<ErrorCode, number>> = {
  DOCKER_UNAVAILABLE: 10 * 60_000,
  SOURCE_UNREACHABLE: 60_000,
  // one that goes on may be large, and this deployment wants a newer one
  BACKUP_RUNNING: 60 * 60_000,
};

const firstPauseMs = 500;
const lastPauseMs = 5_000;

/**
 * Does the work, again while what it needs does not answer: a push must not be lost to an engine that restarts.
 *
 * @throws what the work throws: at once for every other error, after the patience for an outage
 */
export async function patiently<T>(context: RunContext, work: () => Promise<T>): Promise<T> {
  const { world, deployment } = context;
  const began = world.clock.monotonicMs();
  const signal = context.work;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(lastPauseMs, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      const patience = error instanceof SiskinError ? patienceMs[error.code] : undefined;
      const waited = world.clock.monotonicMs() - began;
      if (patience === undefined || waited >= patience || signal.aborted) throw error;
      if (pauseMs === firstPauseMs && error instanceof Error)
        await world.store.log(deployment.id, [`${error.message}; waiting for it`]);
      await world.clock.sleep(pauseMs, signal);
    }
  }
}
