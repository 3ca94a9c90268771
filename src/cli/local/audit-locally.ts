import { notePending } from '../../adapters/system/pending-audit.ts';
import { takenInSchema } from '../../api/schemas.ts';
import { codeOf } from '../../domain/errors/code-of.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { localClient } from '../client/context.ts';
import type { Io } from '../terminal/io.ts';
import type { LocalServer } from './local-config.ts';
import { osUser, thisHost } from './os-user.ts';

/** What a verb did by itself, without the API. */
export interface LocalDeed {
  /** The verb, e.g. `token-new`, `secrets-set`. */
  action: string;
  /** What of; never a secret. `environment: 'shop/production'` says which one it concerns. */
  detail: Record<string, unknown>;
}

/**
 * Writes into the audit log what a verb did on this machine without the API, as done by this user. It waits in dataDir,
 * durably, and a Siskin that runs is told to take it in; else that happens when one starts.
 *
 * Call it before the deed is told to be done. Where dataDir does not exist there is no Siskin yet, and nothing is noted.
 * @param local of readLocalServer @throws SiskinError AUDIT_UNWRITABLE
 */
export async function auditLocally(io: Io, local: LocalServer, { action, detail }: LocalDeed): Promise<void> {
  const actor = { kind: 'cli' as const, name: osUser(io.env) };
  const note = { at: new Date().toISOString(), actor, from: thisHost(), action, detail };
  try {
    await notePending(local.dataDir, note);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    const message = `${action} cannot be noted for the audit log in ${local.dataDir}: ${messageOf(error)}`;
    throw new SiskinError('AUDIT_UNWRITABLE', message, { cause: error });
  }
  await tellServer(io, local);
}

/** Whether or not it hears: the entry waits where a Siskin looks each minute and when it starts. */
async function tellServer(io: Io, local: LocalServer): Promise<void> {
  try {
    await localClient(io, local, 2_000).post('/api/v1/audit/take-in', {}, takenInSchema);
  } catch {
    return;
  }
}
