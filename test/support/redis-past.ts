import type { EndState, Release } from '../../src/domain/deployment.ts';
import type { JournalEvent } from '../../src/domain/journal.ts';
import type { EnvironmentKey } from '../../src/domain/names.ts';
import type { Lease } from '../../src/pipeline/ports.ts';
import { pushOf, type RedisWorld, testAudit } from './redis-world.ts';
import { withImage } from './specs.ts';

/** Holds the environment's lease while `work` runs. */
export async function withLease<T>(
  world: RedisWorld,
  key: EnvironmentKey,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const lease = await world.leases.acquire(key);
  if (!lease) throw new Error('the lease is free');
  try {
    return await work(lease);
  } finally {
    await lease.release();
  }
}

export interface PastOptions {
  end?: EndState;
  finishedAt?: string;
  /** Journal events with the deployment's clock in ms. */
  journal?: [number, JournalEvent][];
  /** Whether its release keeps its image. */
  image?: boolean;
}

/** Pushes once and ends the deployment as a worker does: with a release, a journal, a log and a command. */
export async function pastDeployment(
  world: RedisWorld,
  key: EnvironmentKey,
  { end = 'failed', finishedAt = new Date().toISOString(), journal = [], image = false }: PastOptions = {},
): Promise<{ id: string; release: Release }> {
  const { store, history } = world;
  const recorded = await world.ledger.record('', [pushOf('', key)], testAudit);
  const id = recorded.deployments[0]?.deployment ?? '';
  const release = await withLease(world, key, async (lease) => {
    await store.update(lease, id, { state: 'fetching' });
    const made = await store.ensureRelease(lease, { ...releaseOf(key, id), createdAt: finishedAt });
    if (image) await store.updateRelease(lease, withImage(made, `sha256:${id}`));
    await store.update(lease, id, { release: made.release });
    await store.update(lease, id, { state: 'preparing' });
    await store.append(
      lease,
      id,
      journal.map(([t, event]) => ({ t, at: finishedAt, event })),
    );
    await store.log(id, ['built']);
    await history.addCommand(id, 'promote', testAudit);
    await store.update(lease, id, { state: end, finishedAt });
    await store.append(lease, id, [
      { t: 9e6, at: finishedAt, event: { type: 'finished', outcome: end, reason: '' } },
    ]);
    return made;
  });
  return { id, release };
}

/** A release that is its deployment's own. */
export const releaseOf = (key: EnvironmentKey, deployment: string) => ({
  ...key,
  sha: deployment.slice(1).padStart(40, '0'),
  title: 't',
  author: 'a',
  specs: [{ rollout: { smoke: [] } } as never],
  specHash: 'h1',
  deployment,
});
