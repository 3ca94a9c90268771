import type { Release } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { backendName, imageReference, releaseName } from '../../domain/names.ts';
import { servingRelease } from '../../domain/restoration.ts';
import type { AppEnvironment } from '../app-environment.ts';
import type { KeptImage, Lease } from '../ports.ts';
import type { World } from '../run-context.ts';
import { readSealedSpec } from '../secrets.ts';
import { composeMaxBytes, hashOf } from './fetch.ts';

/** Reading a repository for a record that was lost may take so long, in ms. */
const sourceTimeoutMs = 120_000;

/**
 * Where the records of an environment's releases are gone (Redis was flushed, or is another), they are written anew from
 * what is left: the labels of images and containers, the router's servers, and the Compose files in the repository. A release
 * whose commit or file cannot be read any more is left out; its number is not given again.
 *
 * @returns whether anything was restored
 * @throws SiskinError SOURCE_UNREACHABLE, LEASE_LOST, STORE_UNAVAILABLE, DOCKER_UNAVAILABLE, ROUTER_UNAVAILABLE
 */
export async function restoreRecords(world: World, app: AppEnvironment, lease: Lease): Promise<boolean> {
  const known = (await world.store.environment(app)).current !== null;
  if (known || (await world.store.releases(app)).length > 0) return false;
  const images = await world.images.kept(app);
  if (images.length === 0) return false;
  const [replicas, servers] = await Promise.all([
    world.replicas.list(app, app.service),
    world.router.servers(backendName(app, app.service)),
  ]);
  const current = servingRelease({ replicas, servers });
  const restored: Release[] = [];
  for (const image of images) restored.push(...(await releaseOf(world, app, image, current)));
  const deployments = images.map(({ deployment }) => Number(deployment.slice(1)));
  await world.store.restoreReleases(lease, app, restored, deployments);
  const serving = restored.some(({ release }) => release === current) ? current : null;
  const before = restored.filter(({ release }) => release < (serving ?? 0)).at(-1)?.release ?? null;
  await world.store.setServing(lease, app, { current: serving, previous: before });
  const names = restored.map(({ release }) => releaseName(release));
  const fields = { app: app.app, environment: app.environment, releases: names, serving };
  world.log.warn(fields, 'the records were lost; they were written anew from labels and commits');
  return true;
}

/** Images stay of what served well, and of what serves or was being tried: only the last may be newer than what serves. */
async function releaseOf(
  world: World,
  app: AppEnvironment,
  { release, sha, deployment, imageId }: KeptImage,
  current: number | null,
): Promise<Release[]> {
  try {
    const signal = AbortSignal.timeout(sourceTimeoutMs);
    const { title, author } = await world.source.commit(app.repository, sha, signal);
    const text = await world.source.readFile(app.repository, sha, app.composeFile, composeMaxBytes);
    const spec = await readSealedSpec(world.secrets, app, text);
    const record = { app: app.app, environment: app.environment, release, sha, title, author, deployment };
    const image = imageReference(app, release);
    const createdAt = world.clock.now().toISOString();
    const servedWell = current !== null && release <= current;
    return [{ ...record, spec, specHash: hashOf(spec), image, imageId, createdAt, servedWell }];
  } catch (error) {
    if (!(error instanceof SiskinError) || error.code === 'SOURCE_UNREACHABLE') throw error;
    const fields = { app: app.app, environment: app.environment, release, sha, reason: error.message };
    world.log.warn(fields, 'this release cannot be restored');
    return [];
  }
}
