import type { Release } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { serviceReleases } from '../../domain/release.ts';
import type { RunContext } from '../run-context.ts';
import { runHook } from './run-hook.ts';

/**
 * Runs the preDeploy of each service, one after the other in rollout order, before any traffic moves. A release that is gone back to has served before: what its
 * preDeploy does was done then, and the way back must depend on as little as possible.
 *
 * @throws SiskinError HOOK_FAILED, LEASE_LOST, DOCKER_UNAVAILABLE
 */
export async function preDeploy(context: RunContext, release: Release): Promise<void> {
  if (context.deployment.target.kind === 'release') return;
  for (const part of serviceReleases(release)) {
    const failure = await runHook(context, part, 'preDeploy', context.work);
    if (failure !== null) throw new SiskinError('HOOK_FAILED', `${failure}; no traffic moved`);
  }
}

/** Stops what a deployment that ends before its rollout may have left; one that cannot be, the next deployment does. */
export async function endHooks({ world, app, lease }: RunContext): Promise<void> {
  await lease.assertHeld();
  try {
    await world.hooks.remove(app, graceMs);
  } catch (err) {
    world.log.warn({ app: app.app, environment: app.environment, err }, 'a hook could not be removed');
  }
}

/** From SIGTERM to SIGKILL for a hook that is broken off, in ms. */
const graceMs = 10_000;
