import { Records } from 'cloudflare/resources/dns/records';
import { BaseZones } from 'cloudflare/resources/zones/zones';
import { createClient } from 'cloudflare/tree-shakable';
import { z } from 'zod';
import type { DnsRecord } from '../../domain/dns/switch-plan.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { DnsProvider } from '../../pipeline/dns/ports.ts';
import { dnsFailure } from './failure.ts';

export interface CloudflareOptions {
  token: string;
  zone: string;
  apiUrl: string;
  /** For one attempt of a request, in ms. */
  timeoutMs?: number;
}

const recordSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  type: z.string(),
  content: z.string().prefault(''),
  proxied: z.boolean().prefault(false),
  ttl: z.number(),
});

/** DNS records of one zone through Cloudflare's own client, which tries again what a lost connection or a 429 interrupted. */
export class CloudflareDns implements DnsProvider {
  readonly #client;
  readonly #zone: string;
  #zoneId: string | undefined;

  constructor({ token, zone, apiUrl, timeoutMs = 10_000 }: CloudflareOptions) {
    this.#zone = zone;
    this.#client = createClient({
      resources: [Records, BaseZones],
      apiToken: token,
      // the client takes what is absent here from variables of the environment
      apiKey: null,
      apiEmail: null,
      userServiceKey: null,
      baseURL: apiUrl,
      timeout: timeoutMs,
      maxRetries: 2,
      logLevel: 'off',
    });
  }

  async records(names: readonly string[]): Promise<DnsRecord[]> {
    const zoneId = await this.#id();
    const found: DnsRecord[] = [];
    for (const name of names) {
      await this.#asked(`read the records of ${name}`, async () => {
        for await (const record of this.#client.dns.records.list({ zone_id: zoneId, name: { exact: name } }))
          found.push(recordSchema.parse(record));
      });
    }
    return found;
  }

  async point({ id, name, proxied, ttl }: DnsRecord, content: string): Promise<void> {
    const zoneId = await this.#id();
    await this.#asked(`change the record of ${name}`, () =>
      this.#client.dns.records.edit(id, { zone_id: zoneId, type: 'CNAME', name, content, proxied, ttl }),
    );
  }

  async #id(): Promise<string> {
    this.#zoneId ??= await this.#asked(`find the zone ${this.#zone}`, async () => {
      for await (const zone of this.#client.zones.list({ name: this.#zone }))
        if (zone.name === this.#zone) return zone.id;
      throw new SiskinError('DNS_ZONE_MISSING', `the token sees no zone ${this.#zone} at Cloudflare`);
    });
    return this.#zoneId;
  }

  async #asked<T>(does: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw dnsFailure(error, does);
    }
  }
}
