import { raise } from './raise.ts';
import { redirect } from './redirect.ts';
import { type RepairSituation, repairFleet } from './repair-fleet.ts';
import type { RepairStep, RepairStepKind } from './repair-step.ts';
import { takeOut } from './take-out.ts';

/**
 * The next step towards: n replicas of the release that should serve do, with equal weight and at the addresses they
 * have, and nothing else. Pure; asked again after every step. A server that leads nowhere gets no more requests, for the
 * engine gives a free address to the next container that starts, of whatever app; what should not be there leaves last, and
 * never before something of the release serves.
 *
 * @returns undefined when all is as it should be
 */
export function repairStep(situation: RepairSituation): RepairStep | undefined {
  const fleet = repairFleet(situation);
  const steps = [
    ...redirect(situation, fleet),
    ...fleet.own.flatMap((place) => raise(situation, place) ?? []),
    ...takeOut(situation, fleet),
  ];
  const immediate = order
    .map((kind) => steps.find((step) => step.kind === kind))
    .find((step) => step !== undefined);
  if (immediate) return immediate;
  const replicas = steps.flatMap((step) => (step.kind === 'AwaitHealthy' ? step.replicas : []));
  if (replicas.length > 0) return { kind: 'AwaitHealthy', replicas };
  if (steps.some(({ kind }) => kind === 'Wait')) return { kind: 'Wait' };
  const rests = steps.flatMap((step) => (step.kind === 'Rest' ? [step.ms] : []));
  return rests.length > 0 ? { kind: 'Rest', ms: Math.min(...rests) } : undefined;
}

/** What takes a millisecond and gives requests a place to go comes before what takes longer. */
const order: readonly RepairStepKind[] = [
  'Attach',
  'MoveServer',
  'AddServer',
  'Drain',
  'RemoveServer',
  'StartReplica',
  'RemoveReplica',
  'RemoveStray',
  'StopReplica',
];
