import { equalWeight } from '../traffic-split.ts';
import { leadsHome, type Place, type RepairSituation } from './repair-fleet.ts';
import { startDueInMs } from './repair-notes.ts';
import type { RepairStep } from './repair-step.ts';

/** How long a replica may run without an address, in ms: somebody may be moving it. */
const noAddressMs = 2_000;

/** How long past its grace a stop may take before it is asked for again, in ms. */
const stopPatienceMs = 10_000;

/** A replica that the engine restarts by itself is left to it; its start is an event, this is for one that is missed. */
const engineRestartsMs = 60_000;

/**
 * The next step that brings one replica to serving: started, healthy, known to the router, attached.
 * @returns undefined when it serves
 */
export function raise(situation: RepairSituation, place: Place): RepairStep | undefined {
  const { replica, server, notes } = place;
  if (replica?.status === 'restarting') return { kind: 'Rest', ms: engineRestartsMs };
  if (replica?.status !== 'running') return start(situation, place);
  if (replica.address === null) return join(situation, place);
  const home = leadsHome(place, situation.spec.port);
  if (home && server?.state === 'ready') return server.weight === equalWeight ? undefined : attach(place);
  if (notes.healthyAt !== replica.address) return awaitHealthy(situation, place, replica.address);
  const { address } = replica;
  if (server === null) return { kind: 'AddServer', replica: place.name, address };
  if (!home) return { kind: 'MoveServer', replica: place.name, address };
  return attach(place);
}

const attach = ({ name }: Place): RepairStep => ({ kind: 'Attach', replica: name, weight: equalWeight });

function start({ t }: RepairSituation, { name, release, slot, replica, notes }: Place): RepairStep {
  if (notes.refused && replica !== null) return { kind: 'RemoveReplica', replica: name };
  const dueInMs = startDueInMs(notes, t);
  if (dueInMs > 0) return { kind: 'Rest', ms: dueInMs };
  return { kind: 'StartReplica', replica: name, release, slot };
}

/** Starting one that runs joins it to its network again. */
function join(situation: RepairSituation, place: Place): RepairStep {
  const sinceMs = situation.t - (place.notes.unservedSince ?? situation.t);
  return sinceMs < noAddressMs ? { kind: 'Wait' } : start(situation, { ...place, replica: null });
}

/** One that does not become healthy in the time it asked for is stopped, and started again under the back-off. */
function awaitHealthy({ spec, t }: RepairSituation, { name, notes }: Place, address: string): RepairStep {
  const unservedMs = t - (notes.unservedSince ?? t);
  if (unservedMs <= spec.health.startPeriodMs)
    return { kind: 'AwaitHealthy', replicas: [{ replica: name, address }] };
  const overdue = t - (notes.stopBeganAt ?? t) > spec.stopGraceMs + stopPatienceMs;
  return notes.stopBeganAt === null || overdue ? { kind: 'StopReplica', replica: name } : { kind: 'Wait' };
}
