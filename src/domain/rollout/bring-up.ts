import type { Member, Situation } from './fleet.ts';
import type { Step } from './step.ts';

/**
 * The next step that brings these replicas from nothing to serving: start, known to the router, healthy,
 * smoked, attached. What can be done at once comes before what has to be waited for.
 *
 * @param weight the router weight they are attached with
 * @returns undefined when all of them serve
 */
export function bringUp(
  { spec }: Situation,
  members: readonly Member[],
  weight: number,
  smoke: boolean,
): Step | undefined {
  const steps = members.map((member) =>
    memberStep(member, weight, {
      routed: spec.worker !== true,
      smoke: smoke && spec.smoke.length > 0,
    }),
  );
  const immediate = steps.find((step) => step !== undefined && step.kind !== 'AwaitHealthy');
  if (immediate) return immediate;
  const replicas = steps.flatMap((step) => (step?.kind === 'AwaitHealthy' ? step.replicas : []));
  return replicas.length > 0 ? { kind: 'AwaitHealthy', replicas } : undefined;
}

function memberStep(
  member: Member,
  weight: number,
  { routed, smoke }: { routed: boolean; smoke: boolean },
): Step | undefined {
  const { name, release, slot, replica, server, progress } = member;
  const address = replica?.address ?? null;
  const moved = server !== null && server.address !== address;
  if (moved) return { kind: 'RemoveServer', replica: name };
  if (replica?.status !== 'running' || address === null)
    return { kind: 'StartReplica', replica: name, release, slot };
  if (server?.state === 'ready') return undefined;
  if (progress.startedAt === null) return { kind: 'StartReplica', replica: name, release, slot };
  if (server === null && routed) return { kind: 'AddServer', replica: name, address };
  if (!progress.healthy) return { kind: 'AwaitHealthy', replicas: [{ replica: name, address }] };
  if (smoke && !progress.smoked) return { kind: 'Smoke', replica: name, address };
  return { kind: 'Attach', replica: name, weight };
}
