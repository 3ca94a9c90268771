import { isRunning, type Member, type Situation } from './fleet.ts';
import type { Step } from './step.ts';

/** How long past its grace a stop may take before it is asked for again. */
const stopPatienceMs = 10_000;

/**
 * The next step that takes a replica out: drain, leave the router, stop, and be removed where that is wanted.
 * It is stopped only after its sessions ended or `drain.timeout` passed.
 *
 * @returns 'waiting' while something has to end by itself; undefined when it is out
 */
export function retire(
  { spec, t }: Situation,
  member: Member,
  fate: 'keep-stopped' | 'remove',
): Step | 'waiting' | undefined {
  const { name, server, progress } = member;
  if (server?.state === 'maintenance') return { kind: 'RemoveServer', replica: name };
  if (server?.state === 'ready' || (server && progress.drainBeganAt === null))
    return { kind: 'Drain', replica: name };
  if (server) {
    const timedOut = t - (progress.drainBeganAt ?? t) >= spec.drainTimeoutMs;
    return server.sessions === 0 || timedOut ? { kind: 'RemoveServer', replica: name } : 'waiting';
  }
  if (isRunning(member)) {
    const overdue = t - (progress.stopBeganAt ?? t) > spec.stopGraceMs + stopPatienceMs;
    return progress.stopBeganAt === null || overdue ? { kind: 'StopReplica', replica: name } : 'waiting';
  }
  if (fate === 'remove' && member.replica) return { kind: 'RemoveReplica', replica: name };
  return undefined;
}

/** The first step that retires any of these; 'waiting' when all that is left has to end by itself. */
export function retireAll(
  situation: Situation,
  members: readonly Member[],
  fate: 'keep-stopped' | 'remove',
): Step | 'waiting' | undefined {
  const steps = members.map((member) => retire(situation, member, fate));
  return (
    steps.find((step): step is Step => typeof step === 'object') ?? steps.find((step) => step === 'waiting')
  );
}
