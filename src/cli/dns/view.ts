import type { DnsRecord, DnsTarget, Whereabouts } from '../../domain/dns/switch-plan.ts';
import { whereabouts } from '../../domain/dns/switch-plan.ts';
import type { Io } from '../terminal/io.ts';
import { type Cell, writeTable } from '../view/table.ts';

/** A name, what it leads to and which side that is, as --json tells it. */
export interface DnsView {
  name: string;
  at: Whereabouts['at'];
  content: string | null;
  proxied: boolean | null;
  ttl: number | null;
  primary: string;
  standby: string;
  problem: string | null;
}

export const dnsViews = (targets: readonly DnsTarget[], records: readonly DnsRecord[]): DnsView[] =>
  targets.map((target) => {
    const found = whereabouts(target, records);
    const record = 'record' in found ? found.record : null;
    return {
      ...target,
      at: found.at,
      content: record?.content ?? null,
      proxied: record?.proxied ?? null,
      ttl: record?.ttl ?? null,
      problem: 'why' in found ? found.why : null,
    };
  });

const colors = { primary: 'green', standby: 'yellow', other: 'red', missing: 'red', unfit: 'red' } as const;

export function writeViews(io: Io, views: readonly DnsView[]): void {
  const rows = views.map(({ name, at, content, proxied, ttl, problem }): Cell[] => [
    name,
    { text: at, color: colors[at] },
    content ?? problem ?? '',
    proxied ? 'proxied' : '',
    ttl === null ? '' : ttl === 1 ? 'automatic' : `${ttl} s`,
  ]);
  writeTable(io, ['NAME', 'AT', 'LEADS TO', 'PROXY', 'TTL'], rows, 'no records');
}
