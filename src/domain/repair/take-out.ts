import { raise } from './raise.ts';
import { addressesOf, type Place, type RepairFleet, type RepairSituation, serves } from './repair-fleet.ts';
import type { RepairStep } from './repair-step.ts';

/** How long past its grace a stop may take before it is asked for again, in ms. */
const stopPatienceMs = 10_000;

/**
 * Takes out what no record owns. Nothing of it before a replica of the release serves, for something must; what takes
 * requests stays until all replicas that can serve do. Where the release is to have none, nothing is waited for.
 */
export function takeOut(situation: RepairSituation, fleet: RepairFleet): RepairStep[] {
  const { spec, observed } = situation;
  const live = addressesOf([...fleet.own, ...fleet.others]);
  const missing = fleet.own.filter((place) => !serves(place, spec.port));
  const none = fleet.own.length > 0 && missing.length === fleet.own.length;
  const complete = !none && missing.every((place) => raise(situation, place)?.kind === 'Rest');
  const others = fleet.others.flatMap((place): RepairStep[] => {
    const { server } = place;
    const leadsNowhere = server !== null && !live.has(server.address);
    const leaves = server?.state === 'ready' ? complete || leadsNowhere : !none || leadsNowhere;
    return leaves ? (retire(situation, place) ?? []) : [];
  });
  const containers = none ? [] : observed.strays;
  return [...others, ...containers.map((container): RepairStep => ({ kind: 'RemoveStray', container }))];
}

function retire(
  { spec, t }: RepairSituation,
  { name, server, replica, notes }: Place,
): [RepairStep] | undefined {
  if (server?.state === 'ready') return [{ kind: 'Drain', replica: name }];
  if (server) {
    const drainedMs = t - (notes.drainBeganAt ?? t);
    const idle = server.state === 'maintenance' || server.sessions === 0;
    const over = idle || drainedMs >= spec.drainTimeoutMs;
    return over ? [{ kind: 'RemoveServer', replica: name }] : [{ kind: 'Wait' }];
  }
  if (replica?.status === 'running' || replica?.status === 'restarting') {
    const overdue = t - (notes.stopBeganAt ?? t) > spec.stopGraceMs + stopPatienceMs;
    return notes.stopBeganAt === null || overdue
      ? [{ kind: 'StopReplica', replica: name }]
      : [{ kind: 'Wait' }];
  }
  return replica ? [{ kind: 'RemoveReplica', replica: name }] : undefined;
}
