import type { Release } from '../../domain/deployment.ts';
import { messageOf } from '../../domain/errors/siskin-error.ts';
import { serviceReleases } from '../../domain/release.ts';
import { anySignal } from '../any-signal.ts';
import type { DeploymentStore } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { runHook } from './run-hook.ts';

/**
 * Rolls out, and runs its services' postDeploy, in rollout order, beside its watch. It begins when the release serves alone, and the watch does
 * not end before it. It is stopped when the release goes back. Its failure undoes nothing: it is told in the log, in the
 * steps and in the deployment's reason. See docs/adr/0021.
 */
export async function withPostDeploy(
  context: RunContext,
  release: Release,
  rollOut: (context: RunContext, release: Release) => Promise<void>,
): Promise<void> {
  const { deployment, world, journal } = context;
  const has = release.services.some(({ spec }) => spec.hooks?.postDeploy);
  if (!has || deployment.target.kind === 'release') return rollOut(context, release);
  const over = new AbortController();
  const remark: Remark = { text: null };
  let hookRuns = true;
  const hook = postDeploy(context, release, remark, over.signal).finally(() => {
    hookRuns = false;
  });
  try {
    const store = remarking(world.store, remark);
    await rollOut({ ...context, world: { ...world, store }, hookRuns: () => hookRuns }, release);
    if (!journal.servesAlone) over.abort(new WentBack());
  } catch (error) {
    // whoever goes on with the rollout goes on with the hook, too
    over.abort(error);
    throw error;
  } finally {
    await hook;
  }
}

/** The release does not serve any more, or never did. */
class WentBack extends Error {}

/** Never rejects: what goes wrong is told. */
async function postDeploy(
  context: RunContext,
  release: Release,
  remark: Remark,
  over: AbortSignal,
): Promise<void> {
  const { world, app, deployment, journal, lease, stop } = context;
  const { signal, unlink } = anySignal([over, lease.lost, stop]);
  try {
    await journal.untilServesAlone(signal);
    if (signal.aborted || !journal.servesAlone) return;
    for (const part of serviceReleases(release)) {
      const failure = await runHook(context, part, 'postDeploy', signal);
      if (failure === null) continue;
      remark.text = [remark.text, failure].filter(Boolean).join('; ');
      await world.store.log(deployment.id, [`${failure}; the release serves all the same`]);
    }
  } catch (error) {
    if (signal.aborted) return await afterAbort(context, release, signal.reason);
    remark.text = `postDeploy: ${messageOf(error)}`;
    world.log.warn({ app: app.app, environment: app.environment, err: error }, 'postDeploy did not end well');
  } finally {
    unlink();
  }
}

/** A worker that closes, or has lost the lease, leaves the hook to the next one. */
async function afterAbort({ world, app }: RunContext, release: Release, reason: unknown): Promise<void> {
  if (!(reason instanceof WentBack)) return;
  const graceMs = Math.max(...release.services.map(({ spec }) => spec.rollout.stopGraceMs));
  await world.hooks.remove(app, graceMs).catch((err: unknown) => {
    world.log.warn({ app: app.app, environment: app.environment, err }, 'a hook could not be removed');
  });
}

interface Remark {
  text: string | null;
}

/** The same store, which adds the remark to the reason of a deployment that succeeds. */
function remarking(store: DeploymentStore, remark: Remark): DeploymentStore {
  const update: DeploymentStore['update'] = (lease, id, change) =>
    store.update(lease, id, withRemark(change, remark));
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'update') return update;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const withRemark = (change: Parameters<DeploymentStore['update']>[2], { text }: Remark) =>
  change.state === 'succeeded' && text !== null
    ? { ...change, reason: [change.reason, text].filter(Boolean).join('; but ') }
    : change;
