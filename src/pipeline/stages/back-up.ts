import { messageOf } from '../../domain/errors/siskin-error.ts';
import type { RunContext } from '../run-context.ts';

/**
 * Saves what is to be saved before this environment changes. Runs again when a worker takes over before the rollout began:
 * one backup more does no harm.
 * @throws SiskinError BACKUP_FAILED, BACKUP_RUNNING: then the deployment fails, and nothing has moved; the reason for which
 *   the deployment's work ends: then the backup is given up
 */
export async function backUpFirst({ world, app, deployment, work }: RunContext): Promise<void> {
  if (!world.backUpBefore) return;
  const lines: string[] = [];
  await world.backUpBefore(app, deployment.id, (line) => lines.push(`backup: ${line}`), work);
  if (lines.length === 0) return;
  // the backup is made: a log that cannot be written is no reason to fail
  await world.store.log(deployment.id, lines).catch((error: unknown) => {
    world.log.warn({ deployment: deployment.id, reason: messageOf(error) }, 'the backup is not in the log');
  });
}
