import type { DnsRecord } from '../../domain/dns/switch-plan.ts';

/** Whoever answers for a zone. All throw SiskinError DNS_…. */
export interface DnsProvider {
  /** All records of these names. */
  records(names: readonly string[]): Promise<DnsRecord[]>;
  /** Makes a CNAME lead elsewhere and keeps the rest of it. */
  point(record: DnsRecord, content: string): Promise<void>;
}
