import type { Release, ReleasePart } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { backendName, releaseName } from '../../domain/names.ts';
import { imageNames } from '../../domain/release.ts';
import { servingRelease } from '../../domain/restoration.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import type { AppEnvironment } from '../app-environment.ts';
import type { KeptImage, Lease } from '../ports.ts';
import type { World } from '../run-context.ts';
import { readSealedSpecs } from '../secrets.ts';
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
  const current = await servingNow(world, app);
  const restored: Release[] = [];
  for (const kept of byRelease(images)) restored.push(...(await releaseOf(world, app, kept, current)));
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

/**
 * Which release serves, to go by all its services: where they differ, a rollout was under way, and the older one is what
 * all of them had.
 */
async function servingNow(world: World, app: AppEnvironment): Promise<number | null> {
  const serving = await Promise.all(
    app.services.map(async (service) => {
      const [replicas, servers] = await Promise.all([
        world.replicas.list(app, service),
        world.router.servers(backendName(app, service)),
      ]);
      return servingRelease({ replicas, servers });
    }),
  );
  const known = serving.filter((release) => release !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

/** The images of each release, the oldest first. */
function byRelease(images: readonly KeptImage[]): [KeptImage, ...KeptImage[]][] {
  const groups = new Map<number, [KeptImage, ...KeptImage[]]>();
  for (const image of images) {
    const group = groups.get(image.release);
    if (group) group.push(image);
    else groups.set(image.release, [image]);
  }
  return [...groups.values()];
}

/** Images stay of what served well, and of what serves or was being tried: only the last may be newer than what serves. */
async function releaseOf(
  world: World,
  app: AppEnvironment,
  images: readonly [KeptImage, ...KeptImage[]],
  current: number | null,
): Promise<Release[]> {
  const [{ release, sha, deployment }] = images;
  try {
    const signal = AbortSignal.timeout(sourceTimeoutMs);
    const { title, author } = await world.source.commit(app.repository, sha, signal);
    const text = await world.source.readFile(app.repository, sha, app.composeFile, composeMaxBytes);
    const specs = await readSealedSpecs(world.secrets, app, text);
    const record = { app: app.app, environment: app.environment, release, sha, title, author, deployment };
    const services = partsOf(app, release, specs, images);
    const createdAt = world.clock.now().toISOString();
    const servedWell = current !== null && release <= current;
    return [{ ...record, services, specHash: hashOf(specs), createdAt, servedWell }];
  } catch (error) {
    if (!(error instanceof SiskinError) || error.code === 'SOURCE_UNREACHABLE') throw error;
    const fields = { app: app.app, environment: app.environment, release, sha, reason: error.message };
    world.log.warn(fields, 'this release cannot be restored');
    return [];
  }
}

/** The services with the images that are left; one that was built for several is labelled with the first of them. */
function partsOf(
  app: AppEnvironment,
  release: number,
  specs: readonly ServiceSpec[],
  images: readonly KeptImage[],
): ReleasePart[] {
  const names = imageNames(app, release, specs);
  return specs.map((spec, index) => {
    const image = names[index] ?? '';
    const builtFor = specs[names.indexOf(image)]?.service;
    const [only] = specs.length === 1 ? images : images.filter(({ service }) => service === builtFor);
    return { spec, image, imageId: only?.imageId ?? null };
  });
}
