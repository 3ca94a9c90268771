import { SiskinError } from '../domain/errors/siskin-error.ts';
import { type EnvironmentKey, environmentId } from '../domain/names.ts';
import type { Apps } from './app-environment.ts';
import type { Leases } from './ports.ts';
import type { World } from './run-context.ts';
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
      await runDeployment(world, app, lease, deployment);
    }
  } catch (error) {
    if (error instanceof SiskinError && error.code === 'LEASE_LOST') return 'busy';
    throw error;
  } finally {
    await lease.release();
  }
}
