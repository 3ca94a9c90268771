import type { Release, ReleasePart } from '../../domain/deployment.ts';
import { releaseName } from '../../domain/names.ts';
import { imageNames } from '../../domain/release.ts';
import { LogWriter } from '../log-writer.ts';
import type { RunContext } from '../run-context.ts';
import { givenSecrets } from '../secrets.ts';

/**
 * Builds the images of the release's services, one after the other, unless they are there; those that are built alike
 * share one. The context goes from the mirror to the engine as a stream.
 *
 * @returns the release with its images' ids
 * @throws SiskinError BUILD_FAILED, BUILD_TIMED_OUT, CONTEXT_REFUSED, DOCKER_UNAVAILABLE
 */
export async function buildRelease(context: RunContext, release: Release): Promise<Release> {
  const { world, app, lease } = context;
  const specs = release.services.map(({ spec }) => spec);
  const names = imageNames(app, release.release, specs);
  const built = new Map<string, string>();
  let known = release;
  for (const [index, part] of release.services.entries()) {
    const image = names[index] ?? part.image;
    const imageId =
      built.get(image) ?? (await kept(context, part)) ?? (await build(context, release, { ...part, image }));
    built.set(image, imageId);
    if (part.imageId === imageId && part.image === image) continue;
    known = { ...known, services: known.services.with(index, { ...part, image, imageId }) };
    await world.store.updateRelease(lease, known);
  }
  return known;
}

async function kept({ world }: RunContext, { imageId }: ReleasePart): Promise<string | undefined> {
  return imageId !== null && (await world.images.find(imageId)) !== null ? imageId : undefined;
}

/** @returns the image's id */
async function build(context: RunContext, release: Release, part: ReleasePart): Promise<string> {
  const { world, app, lease, deployment } = context;
  const { spec, image } = part;
  const signal = context.work;
  const { build: secrets } = await givenSecrets(world.secrets, app, part);
  const assertHeld = () => lease.assertHeld();
  const log = new LogWriter((lines) => world.store.log(deployment.id, lines));
  const note = (line: string) => log.write(line);
  if (release.services.length > 1) note(`building ${image} for ${spec.service}`);
  const source = await world.source.openContext(app.repository, release.sha, spec.build, signal, note);
  const labels = labelsOf(context, release, spec.service);
  const timeoutMs = app.buildTimeoutMs;
  try {
    return await world.images.build(
      { image, build: spec.build, labels, secrets, timeoutMs, assertHeld },
      source,
      note,
      signal,
    );
  } finally {
    source.destroy();
    await log.flush();
  }
}

const labelsOf = (
  { app, deployment }: RunContext,
  release: Release,
  service: string,
): Record<string, string> => ({
  'siskin.app': app.app,
  'siskin.environment': app.environment,
  'siskin.service': service,
  'siskin.release': releaseName(release.release),
  'siskin.deployment': deployment.id,
  'siskin.repository': app.repository,
  'siskin.sha': release.sha,
  'org.opencontainers.image.revision': release.sha,
});
