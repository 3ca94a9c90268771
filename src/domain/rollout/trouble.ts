import { fleetOf, type Member, type Situation } from './fleet.ts';
import type { Progress } from './progress.ts';
import type { StepOf } from './step.ts';

/** Why the new release must go back at once, whatever the statistics say; undefined when it need not. */
export function trouble(situation: Situation): StepOf<'RollBack'> | undefined {
  for (const member of fleetOf(situation).fresh) {
    const reason = memberTrouble(situation, member);
    if (reason) return rollBackFor(situation, reason);
  }
  return undefined;
}

/** Rolls back; `failed` when no traffic had moved or there is nothing to go back to. */
export function rollBackFor(situation: Situation, reason: string): StepOf<'RollBack'> {
  const outcome = tookOver(situation.progress) ? 'rolled_back' : 'failed';
  return { kind: 'RollBack', outcome, reason, evidence: 'hard-signal' };
}

/** Traffic has moved away from something to go back to. */
export const tookOver = ({ replicas, baseline }: Progress): boolean =>
  baseline !== null &&
  Object.values(replicas).some(({ attachedAt, startedAt }) => attachedAt !== null && startedAt !== null);

function memberTrouble({ spec, t }: Situation, { name, replica, progress }: Member): string | undefined {
  if (progress.failure !== null) return `${name} ${progress.failure}`;
  if (!replica || progress.startedAt === null || progress.stopping) return undefined;
  const when = progress.attachedAt === null ? 'before it was healthy' : 'while it served';
  if (replica.oomKilled) return `${name} was killed for want of memory ${when}`;
  if (replica.status === 'exited') return `${name} exited with code ${replica.exitCode} ${when}`;
  if (replica.status === 'restarting') return `${name} crashed with code ${replica.exitCode} ${when}`;
  if (replica.restarts > 0) return `${name} crashed and was restarted by Docker ${when}`;
  if (progress.attachedAt !== null && replica.containerHealth === 'unhealthy')
    return `${name} turned unhealthy while it served`;
  if (!progress.healthy && t - progress.startedAt > spec.health.startPeriodMs) {
    const seconds = Math.round(spec.health.startPeriodMs / 1000);
    const detail = progress.unhealthyDetail ? ` (last: ${progress.unhealthyDetail})` : '';
    return `${name} did not become healthy within ${seconds} s${detail}`;
  }
  return undefined;
}
