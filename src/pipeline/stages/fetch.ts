import { createHash } from 'node:crypto';
import type { Release } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import type { Commit } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { givenSecrets, readSealedSpecs } from '../secrets.ts';
import { servingUnchanged } from './unchanged.ts';

/** A Compose file larger than this is not one. */
export const composeMaxBytes = 256 * 1024;

/**
 * Finds the commit to deploy and reads its Compose file; makes or finds the release.
 * A push is only a hint: the branch's head, as it is now, decides.
 *
 * @returns the release to roll out, or why there is nothing to do
 * @throws SiskinError of the source or of the Compose file
 */
export async function fetchRelease(context: RunContext): Promise<Fetched> {
  const { world, app, deployment, lease } = context;
  const { target } = deployment;
  const signal = context.work;
  if (target.kind === 'release') return orNothing(context, await keptRelease(context, target.release));
  const commit =
    target.kind === 'commit'
      ? await world.source.commit(app.repository, target.sha, signal)
      : await world.source.fetchBranch(app.repository, app.branch, signal);
  const { sha, title, author } = commit;
  await world.store.update(lease, deployment.id, { sha, title, author });
  const unchanged = await servingUnchanged(context, sha);
  if (unchanged) return { nothingToDo: 'paths unchanged', release: await noteRelease(context, unchanged) };
  const text = await world.source.readFile(app.repository, sha, app.composeFile, composeMaxBytes);
  const release = await releaseFor(context, commit, await readSealedSpecs(world.secrets, app, text));
  return orNothing(context, await noteRelease(context, release));
}

type Fetched = { release: Release } | { nothingToDo: NothingToDo; release: Release };

/** Why: its very commit serves, or nothing that the app is deployed for has changed since what serves. */
export type NothingToDo = 'serves already' | 'paths unchanged';

async function noteRelease({ world, lease, deployment }: RunContext, release: Release): Promise<Release> {
  await world.store.update(lease, deployment.id, { release: release.release });
  return release;
}

/** To roll out what serves already would be to have nothing to go back to; replicas that it lacks are repaired. */
async function orNothing({ world, app }: RunContext, release: Release): Promise<Fetched> {
  const { current } = await world.store.environment(app);
  return current === release.release ? { nothingToDo: 'serves already', release } : { release };
}

async function releaseFor(
  { world, app, deployment, lease, journal }: RunContext,
  commit: Commit,
  specs: ServiceSpec[],
) {
  return world.store.ensureRelease(lease, {
    app: app.app,
    environment: app.environment,
    sha: commit.sha,
    title: commit.title,
    author: commit.author,
    specs,
    specHash: hashOf(specs),
    deployment: deployment.id,
    createdAt: journal.clock.at(),
  });
}

async function keptRelease(context: RunContext, number: number): Promise<Release> {
  const { world, app, deployment, lease } = context;
  const release = await world.store.release(app, number);
  if (!release || !(await isKept(context, release)))
    throw new SiskinError('RELEASE_UNKNOWN', `release r${number} is not kept: its image is gone`);
  // one that is missing must fail it here, before anything is touched
  for (const part of release.services) await givenSecrets(world.secrets, app, part);
  const { sha, title, author } = release;
  await world.store.update(lease, deployment.id, { sha, title, author, release: number });
  return release;
}

async function isKept({ world }: RunContext, { services }: Release): Promise<boolean> {
  for (const { imageId } of services)
    if (imageId === null || (await world.images.find(imageId)) === null) return false;
  return true;
}

/** The same specs have the same hash, whatever the order of their keys; the only one's is its own. */
export const hashOf = (specs: readonly object[]): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(specs.length === 1 ? specs[0] : specs)))
    .digest('hex')
    .slice(0, 16);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
