import { SiskinError } from '../domain/errors/siskin-error.ts';
import { type EnvironmentKey, environmentId } from '../domain/names.ts';
import type { Apps } from './app-environment.ts';
import type { Leases } from './ports.ts';
import { RunStopped, type World } from './run-context.ts';
import { isUnfinished, runDeployment } from './run-deployment.ts';

/**
 * Brings an environment to what is wanted of it, and again while that changes: the wake-up carries no commit, so
 * the newest wish is always the one that is read.
 *
 * @returns 'busy' when another worker holds the lease: wake the environment again later
 */
export async function runEnvironment(
  world: World,
  apps: Apps,
  leases: Leases,
  key: EnvironmentKey,
  stop: AbortSignal,
): Promise<'done' | 'busy'> {
  const lease = await leases.acquire(key);
  if (!lease) return 'busy';
  try {
    for (;;) {
      const { wanted } = await world.store.environment(key);
      const deployment = wanted === null ? null : await world.store.deployment(wanted);
      if (!deployment || !isUnfinished(deployment)) return 'done';
      const app = apps.find(key);
      if (!app) {
        const reason = `${environmentId(key)} is not in siskin.yaml any more`;
        const finishedAt = world.clock.now().toISOString();
        await world.store.update(lease, deployment.id, { state: 'failed', reason, finishedAt });
        return 'done';
      }
      await runUntilOver(() => runDeployment(world, app, lease, deployment, stop));
    }
  } catch (error) {
    if (error instanceof RunStopped) return 'busy';
    if (error instanceof SiskinError && error.code === 'LEASE_LOST') return 'busy';
    throw error;
  } finally {
    await lease.release();
  }
}

/** A deployment that ended under our hands is over: the next one is looked for. */
async function runUntilOver(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof SiskinError) || error.code !== 'DEPLOYMENT_ENDED') throw error;
  }
}
