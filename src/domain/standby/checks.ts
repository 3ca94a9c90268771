/** What can be seen before traffic is moved. */
export interface StandbyFacts {
  /** Addresses of the primary and whether they answered. */
  probes: { address: string; answers: boolean }[];
  /** Containers on the standby, as its engine tells them. */
  containers: { name: string; state: string; healthy: boolean | null }[];
  /** null when nothing was ever brought there. */
  lastSync: Date | null;
  serving: boolean;
}

export interface Check {
  ok: boolean;
  text: string;
}

/** Whether the standby may take over. */
export function failoverChecks(facts: StandbyFacts, maxAgeMs: number, now: Date): Check[] {
  return [
    ...(facts.serving ? [{ ok: false, text: 'the standby serves already' }] : []),
    primaryGone(facts.probes),
    ...containerChecks(facts),
    syncCheck(facts.lastSync, maxAgeMs, now),
  ];
}

/** Whether the primary may take over again. */
export function failbackChecks(facts: StandbyFacts): Check[] {
  const silent = facts.probes.filter(({ answers }) => !answers).map(({ address }) => address);
  return [
    ...(facts.serving ? [] : [{ ok: false, text: 'the standby does not serve' }]),
    facts.probes.length === 0
      ? { ok: false, text: 'standby.probes is empty: nobody can tell whether the primary is back' }
      : silent.length > 0
        ? { ok: false, text: `the primary does not answer at ${silent.join(', ')}` }
        : { ok: true, text: 'the primary answers at every address of standby.probes' },
  ];
}

function primaryGone(probes: StandbyFacts['probes']): Check {
  if (probes.length === 0)
    return { ok: false, text: 'standby.probes is empty: nobody can tell whether the primary is gone' };
  const answering = probes.filter(({ answers }) => answers).map(({ address }) => address);
  return answering.length > 0
    ? { ok: false, text: `the primary still answers at ${answering.join(', ')}` }
    : { ok: true, text: `the primary answers at none of ${probes.length} addresses` };
}

const containerChecks = ({ containers }: StandbyFacts): Check[] =>
  containers.map(({ name, state, healthy }) => ({
    ok: state === 'running' && healthy !== false,
    text: `${name} is ${state}${healthy === null ? '' : healthy ? ', healthy' : ', not healthy'}`,
  }));

function syncCheck(lastSync: Date | null, maxAgeMs: number, now: Date): Check {
  if (lastSync === null) return { ok: false, text: 'nothing was ever synchronised to the standby' };
  const ageMs = now.getTime() - lastSync.getTime();
  const text = `the last synchronisation was ${ageText(ageMs)} ago: what was written since then is not there`;
  return { ok: ageMs <= maxAgeMs, text };
}

/** `3 h 5 min` */
const ageText = (ms: number): string => {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
