/** A name that leads either to the primary or to the standby. All three are host names in lower case. */
export interface DnsTarget {
  name: string;
  primary: string;
  standby: string;
}

/** A record as the provider has it. */
export interface DnsRecord {
  id: string;
  name: string;
  type: string;
  /** What a CNAME leads to; an address for others. */
  content: string;
  proxied: boolean;
  /** Seconds; 1 is "automatic". */
  ttl: number;
}

export const sides = ['primary', 'standby'] as const;
export type Side = (typeof sides)[number];

/** Where a name leads, from what the provider has for it. `other`: a CNAME to somewhere else. */
export type Whereabouts =
  | { name: string; at: Side | 'other'; record: DnsRecord }
  | { name: string; at: 'missing' | 'unfit'; why: string };

/** @param records of this name, and any others */
export function whereabouts(target: DnsTarget, records: readonly DnsRecord[]): Whereabouts {
  const { name } = target;
  const own = records.filter((record) => sameHost(record.name, name));
  const [record, ...others] = own.filter(({ type }) => addressTypes.has(type));
  if (!record) return { name, at: 'missing', why: 'has no record' };
  if (record.type !== 'CNAME' || others.length > 0) {
    const types = [record, ...others].map(({ type, content }) => `${type} ${content}`).join(', ');
    return { name, at: 'unfit', why: `is no single CNAME but ${types}` };
  }
  const at = sides.find((side) => sameHost(record.content, target[side])) ?? 'other';
  return { name, at, record };
}

export interface SwitchPlan {
  to: Side;
  changes: { record: DnsRecord; content: string; from: Side | 'other' }[];
  /** Names that lead there already. */
  already: string[];
  /** Why nothing may be changed; one for each name. */
  problems: string[];
}

/** What has to be changed so that every name leads to one side. With a problem anywhere, nothing is to be changed. */
export function planSwitch(
  targets: readonly DnsTarget[],
  records: readonly DnsRecord[],
  to: Side,
): SwitchPlan {
  const plan: SwitchPlan = { to, changes: [], already: [], problems: [] };
  for (const target of targets) {
    const found = whereabouts(target, records);
    if ('why' in found) plan.problems.push(`${found.name} ${found.why}`);
    else if (found.at === to) plan.already.push(found.name);
    else plan.changes.push({ record: found.record, content: target[to], from: found.at });
  }
  return plan;
}

/** The side that `switch` goes to when nobody says: the one where no name is. @returns null when names are on both */
export function otherSide(targets: readonly DnsTarget[], records: readonly DnsRecord[]): Side | null {
  const at = new Set(targets.map((target) => whereabouts(target, records).at));
  if (at.size !== 1) return null;
  if (at.has('primary')) return 'standby';
  return at.has('standby') ? 'primary' : null;
}

/** Records of other types (TXT, CAA, …) stand beside without harm; providers hold no CNAME beside an address. */
const addressTypes = new Set(['A', 'AAAA', 'CNAME']);

const sameHost = (one: string, other: string): boolean => bare(one) === bare(other);
const bare = (host: string): string => host.toLowerCase().replace(/\.$/, '');
