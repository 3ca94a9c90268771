import type { Release } from '../../domain/deployment.ts';
import { imageReference, releaseName } from '../../domain/names.ts';
import { LogWriter } from '../log-writer.ts';
import type { RunContext } from '../run-context.ts';
import { givenSecrets } from '../secrets.ts';

/**
 * Builds the release's image, unless it is there. The context goes from the mirror to the engine as a stream.
 *
 * @returns the release with its image's id
 * @throws SiskinError BUILD_FAILED, BUILD_TIMED_OUT, CONTEXT_REFUSED, DOCKER_UNAVAILABLE
 */
export async function buildRelease(context: RunContext, release: Release): Promise<Release> {
  const { world, app, lease, deployment } = context;
  if (release.imageId !== null && (await world.images.find(release.imageId)) !== null) return release;
  const { build } = release.spec;
  const signal = context.work;
  const image = imageReference(app, release.release);
  const { build: secrets } = await givenSecrets(world.secrets, app, release);
  const assertHeld = () => lease.assertHeld();
  const log = new LogWriter((lines) => world.store.log(deployment.id, lines));
  const note = (line: string) => log.write(line);
  const source = await world.source.openContext(app.repository, release.sha, build, signal, note);
  const request = {
    image,
    build,
    labels: labelsOf(context, release),
    secrets,
    timeoutMs: app.buildTimeoutMs,
    assertHeld,
  };
  try {
    const imageId = await world.images.build(request, source, note, signal);
    const built = { ...release, image, imageId };
    await world.store.updateRelease(lease, built);
    return built;
  } finally {
    source.destroy();
    await log.flush();
  }
}

const labelsOf = ({ app, deployment }: RunContext, release: Release): Record<string, string> => ({
  'siskin.app': app.app,
  'siskin.environment': app.environment,
  'siskin.service': release.spec.service,
  'siskin.release': releaseName(release.release),
  'siskin.deployment': deployment.id,
  'siskin.repository': app.repository,
  'siskin.sha': release.sha,
  'org.opencontainers.image.revision': release.sha,
});
