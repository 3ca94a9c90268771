import { leadsHome, type Place, type RepairFleet, type RepairSituation } from './repair-fleet.ts';
import type { RepairStep } from './repair-step.ts';

/**
 * How long the only server keeps its requests after its replica died, in ms: so long HAProxy's own second try may
 * still find the replica that the engine has restarted.
 */
const lastServerStaysMs = 3_000;

/**
 * Servers that lead to no replica of the release get no more requests: those would get lost, or reach somebody else,
 * for the engine gives a free address to the next container that starts. They are drained, not removed, so that HAProxy
 * gives what it could not deliver to another replica. A server that leads to another replica of the release (two have
 * changed addresses) does no harm: `raise` moves it when its own replica is healthy.
 */
export function redirect(
  { release, spec, observed, t }: RepairSituation,
  { own }: RepairFleet,
): RepairStep[] {
  const live = observed.replicas.filter((one) => one.release === release && one.status === 'running');
  const addresses = new Set(live.map(({ address }) => address));
  const ready = own.filter(({ server }) => server?.state === 'ready');
  return ready.flatMap((place): RepairStep[] => {
    const { server, name } = place;
    if (leadsHome(place, spec.port)) return [];
    const harmless = server?.port === spec.port && addresses.has(server.address);
    if (harmless) return [];
    return ready.length === 1 && mayReturn(place, t)
      ? [{ kind: 'Wait' }]
      : [{ kind: 'Drain', replica: name }];
  });
}

const mayReturn = ({ replica, notes }: Place, t: number): boolean =>
  replica !== null && notes.downSince !== null && t - notes.downSince < lastServerStaysMs;
