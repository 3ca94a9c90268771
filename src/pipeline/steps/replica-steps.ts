import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { JournalEvent } from '../../domain/journal.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import { type ServiceRelease, serviceRelease } from '../../domain/release.ts';
import type { Lease, ReplicaRequest } from '../ports.ts';
import { givenSecrets, type Secrets } from '../secrets.ts';
import type { Executor, StepContext } from './executor.ts';

/** How many of a replica's last log lines go into the deployment's log when it fails. */
const tailLines = 20;

export const startReplica: Executor<'StartReplica'> = async (context, step) => {
  const { world, app } = context;
  const release = await releaseOf(context, step.release);
  context.health.forget(step.replica);
  try {
    const request = await replicaRequest(world.secrets, context, release, step);
    await world.replicas.start(request);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return [{ type: 'replica-failed', replica: step.replica, detail: `could not start: ${error.message}` }];
  }
  world.log.info({ app: app.app, environment: app.environment, replica: step.replica }, 'replica started');
  return [{ type: 'replica-started', replica: step.replica }];
};

/** The stop is asked for and not awaited: a replica that uses its whole grace must not stop the loop. */
export const stopReplica: Executor<'StopReplica'> = async ({ world, app, release, lease }, { replica }) => {
  const { rollout, service } = release.spec;
  world.replicas.stop(app, service, replica, rollout.stopGraceMs).catch((error: unknown) => {
    if (!lease.lost.aborted)
      world.log.warn({ replica, err: error }, 'stopping a replica failed; it is asked again');
  });
  return [];
};

export const removeReplica: Executor<'RemoveReplica'> = async (context, { replica }) => {
  const { world, app, release, journal, deployment } = context;
  const failed = journal.progress.rollBack !== null;
  if (failed) {
    const lines = await world.replicas.logTail(app, release.spec.service, replica, tailLines);
    await world.store.log(
      deployment.id,
      lines.map((line) => `${replica} | ${line}`),
    );
  }
  await world.replicas.remove(app, release.spec.service, replica);
  return [];
};

export const giveUp: Executor<'GiveUp'> = async (_context, { replica, detail }) => [
  { type: 'replica-failed', replica, detail } satisfies JournalEvent,
];

/** What a release is to this service; the one being rolled out is at hand. */
export async function releaseOf(context: StepContext, release: number): Promise<ServiceRelease> {
  if (release === context.release.release) return context.release;
  const record = await context.world.store.release(context.app, release);
  const known = record && serviceRelease(record, context.release.spec.service);
  if (known) return known;
  throw new SiskinError('RELEASE_UNKNOWN', `release r${release} is not on record any more`);
}

/** Trying again would end the same: the engine refuses it, or a secret of it is not there. */
export const isRefusal = (error: unknown): error is SiskinError =>
  error instanceof SiskinError && (error.code === 'REPLICA_START_FAILED' || error.code.startsWith('SECRET'));

/**
 * What a replica of a release is made from; `deployment` is who asks for it.
 * @throws SiskinError SECRET_MISSING and others of secret-errors.ts
 */
export async function replicaRequest(
  secrets: Secrets,
  { app, deployment, lease }: { app: EnvironmentKey; deployment: { id: string }; lease: Lease },
  release: ServiceRelease,
  { replica, slot }: { replica: string; slot: number },
): Promise<ReplicaRequest> {
  const { spec } = release;
  const { environment, files } = await givenSecrets(secrets, app, release);
  return {
    app: app.app,
    environment: app.environment,
    service: spec.service,
    replica,
    release: release.release,
    slot,
    deployment: deployment.id,
    specHash: release.specHash,
    image: release.imageId ?? release.image,
    container: { ...spec.container, environment },
    secretFiles: files,
    port: spec.rollout.port,
    stopGraceMs: spec.rollout.stopGraceMs,
    fence: lease.fence,
    assertHeld: () => lease.assertHeld(),
  };
}
