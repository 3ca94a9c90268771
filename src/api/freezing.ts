import type { z } from 'zod';
import { environmentId } from '../domain/names.ts';
import { type Acting, type Asked, runningDeployment } from './actions.ts';
import type { AuditNote } from './ports.ts';
import type { ActionAnswer, freezeBodySchema } from './schemas.ts';

/** Makes an environment stand still until a person promotes or unfreezes; frozen again, it keeps its first reason. */
export async function freeze(
  dependencies: Acting,
  asked: Asked,
  { reason }: z.infer<typeof freezeBodySchema>,
): Promise<ActionAnswer> {
  const why = reason || 'no reason given';
  const record = { by: asked.actor.name, reason: why, at: new Date().toISOString() };
  await dependencies.history.freeze(asked.key, record, auditOf(asked, 'freeze', `: ${why}`));
  return answer(dependencies, asked, 'freeze');
}

/** Lets an environment go on; one that does already is left as it is. */
export async function unfreeze(dependencies: Acting, asked: Asked): Promise<ActionAnswer> {
  await dependencies.history.unfreeze(asked.key, auditOf(asked, 'unfreeze', ''));
  return answer(dependencies, asked, 'unfreeze');
}

const auditOf = ({ key, actor, from }: Asked, action: string, detail: string): AuditNote => ({
  actor,
  from,
  action,
  detail: `${environmentId(key)}${detail}`,
});

async function answer(
  dependencies: Acting,
  asked: Asked,
  command: 'freeze' | 'unfreeze',
): Promise<ActionAnswer> {
  const running = await runningDeployment(dependencies, asked);
  const deployment = running === null || running.state === 'queued' ? null : running.id;
  return { deployment, command, superseded: null };
}
