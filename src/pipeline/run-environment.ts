import type { Deployment } from '../domain/deployment.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { type EnvironmentKey, environmentId } from '../domain/names.ts';
import type { AppEnvironment, Apps } from './app-environment.ts';
import type { Lease, Leases } from './ports.ts';
import type { Repairs } from './repair/repairs.ts';
import { RunStopped, type World } from './run-context.ts';
import { isUnfinished, runDeployment } from './run-deployment.ts';
import { restoreRecords } from './stages/restore.ts';

/**
 * Brings an environment to what is wanted of it, and again while that changes: the wake-up carries no commit, so
 * the newest wish is always the one that is read. When nothing is wanted, what should serve is looked after.
 *
 * @param repairs absent where nothing is repaired
 * @returns 'busy' when another worker holds the lease: wake the environment again later
 */
export async function runEnvironment(
  world: World,
  apps: Apps,
  leases: Leases,
  key: EnvironmentKey,
  stop: AbortSignal,
  repairs?: Repairs,
): Promise<'done' | 'busy'> {
  const lease = await leases.acquire(key);
  if (!lease) return 'busy';
  try {
    for (;;) {
      const deployment = await unfinished(world, key);
      const app = apps.find(key);
      if (!deployment) {
        await lookAfter(world, app, lease, repairs, stop);
        if (stop.aborted || !(await unfinished(world, key))) return 'done';
        continue;
      }
      repairs?.forget(key);
      if (!app) {
        const reason = `${environmentId(key)} is not in siskin.yaml any more`;
        const finishedAt = world.clock.now().toISOString();
        await world.store.update(lease, deployment.id, { state: 'failed', reason, finishedAt });
        continue;
      }
      await world.store.setRunning(lease, key, deployment.id);
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

/** Knows again what serves, where that was lost, and keeps it serving. */
async function lookAfter(
  world: World,
  app: AppEnvironment | null,
  lease: Lease,
  repairs: Repairs | undefined,
  stop: AbortSignal,
): Promise<void> {
  if (!app || !repairs) return;
  await restoreRecords(world, app, lease);
  await repairs.repair(app, lease, stop);
}

/**
 * What there is to do: first the deployment that a worker before this one left, which a newer push may have superseded
 * meanwhile, then the wanted one.
 */
async function unfinished({ store }: World, key: EnvironmentKey): Promise<Deployment | null> {
  const { wanted, running } = await store.environment(key);
  for (const id of [running, wanted]) {
    const deployment = id === null ? null : await store.deployment(id);
    if (deployment && isUnfinished(deployment)) return deployment;
  }
  return null;
}

/** A deployment that ended under our hands is over: the next one is looked for. */
async function runUntilOver(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof SiskinError) || error.code !== 'DEPLOYMENT_ENDED') throw error;
  }
}
