import { CloudflareDns } from '../src/adapters/cloudflare/cloudflare-dns.ts';
import { readPrivateFile } from '../src/config/private-file.ts';
import type { DnsConfig, SiskinConfig } from '../src/config/siskin-config.ts';
import { SiskinError } from '../src/domain/errors/siskin-error.ts';
import type { DnsProvider } from '../src/pipeline/dns/ports.ts';

/** The names of siskin.yaml and who answers for them. @throws SiskinError NOT_CONFIGURED, KEY_FILE_EXPOSED, CONFIG_UNREADABLE */
export async function openDns({
  dns,
  file,
}: SiskinConfig): Promise<{ dns: DnsConfig; provider: DnsProvider }> {
  if (!dns) throw new SiskinError('NOT_CONFIGURED', `${file} has no section dns`);
  const token = 'value' in dns.token ? dns.token.value : (await readPrivateFile(dns.token.file)).trim();
  return { dns, provider: new CloudflareDns({ token, zone: dns.zone, apiUrl: dns.apiUrl }) };
}
