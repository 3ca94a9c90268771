import type { HookName } from '../../domain/hooks.ts';
import type { ServiceRelease } from '../../domain/release.ts';
import type { RunContext } from '../run-context.ts';
import { givenSecrets } from '../secrets.ts';
import type { HookRequest } from './ports.ts';

/**
 * What the container of a hook is made from: the release's image and all that its replicas get.
 * @throws SiskinError SECRET_MISSING and others of secret-errors.ts
 */
export async function hookRequest(
  { world, app, deployment, lease }: RunContext,
  release: ServiceRelease,
  { hook, command, timeLeftMs }: { hook: HookName; command: string[]; timeLeftMs: number },
): Promise<HookRequest> {
  const { spec } = release;
  const { environment, files } = await givenSecrets(world.secrets, app, release);
  return {
    app: app.app,
    environment: app.environment,
    service: spec.service,
    hook,
    command,
    timeLeftMs,
    release: release.release,
    deployment: deployment.id,
    specHash: release.specHash,
    image: release.imageId ?? release.image,
    container: { ...spec.container, environment },
    secretFiles: files,
    stopGraceMs: spec.rollout.stopGraceMs,
    fence: lease.fence,
    assertHeld: () => lease.assertHeld(),
  };
}
