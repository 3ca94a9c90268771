import type { Release } from '../../domain/deployment.ts';
import { messageOf } from '../../domain/errors/siskin-error.ts';
import { releaseName } from '../../domain/names.ts';
import { anySignal } from '../any-signal.ts';
import type { RunContext } from '../run-context.ts';

/** Trees of a hostile repository may take any time to compare. */
const timeoutMs = 60_000;

/**
 * Whether a push changed nothing that its app is deployed for (`paths` in siskin.yaml), compared with what serves. Where
 * that cannot be told, it is deployed; so is what a person asked for.
 *
 * @param head the commit to deploy, in the mirror
 * @returns the release that goes on serving; null when the push is to be deployed
 */
export async function servingUnchanged(context: RunContext, head: string): Promise<Release | null> {
  const { world, app, deployment, work } = context;
  const { target } = deployment;
  if (!app.concerns || target.kind !== 'branch' || target.pushedSha === null) return null;
  const { current } = await world.store.environment(app);
  const serving = current === null ? null : await world.store.release(app, current);
  if (!serving || serving.sha === head) return null;
  const limit = anySignal([work, AbortSignal.timeout(timeoutMs)]);
  const range = `${serving.sha.slice(0, 7)}, which ${releaseName(serving.release)} serves, and ${head.slice(0, 7)}`;
  try {
    const changed = await world.source.firstChanged(
      app.repository,
      { from: serving.sha, to: head },
      app.concerns,
      limit.signal,
    );
    if (changed !== null) await world.store.log(deployment.id, [`${changed} changed between ${range}`]);
    return changed === null ? serving : null;
  } catch (error) {
    work.throwIfAborted();
    await world.store.log(deployment.id, [
      `what changed between ${range} cannot be told (${messageOf(error)}): it is deployed`,
    ]);
    return null;
  } finally {
    limit.unlink();
  }
}
