import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { codeOf } from '../../domain/errors/code-of.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { FoundCertificate } from '../../domain/front/certificates.ts';

/** A certificate with its key, as one PEM text. */
export interface CertificatePair extends FoundCertificate {
  pem: string;
}

export interface CertificateScan {
  found: CertificatePair[];
  /** Those that cannot be used, by the name of their folder. */
  broken: Map<string, SiskinError>;
}

const mostCertificates = 500;
const longestFile = 256 * 1024;

/** Every certificate of the operator's folder. A folder that is not there has none. */
export async function scanCertificates(folder: string): Promise<CertificateScan> {
  const entries = await readdir(folder).catch((error: unknown) => noFolder(folder, error));
  const scan: CertificateScan = { found: [], broken: new Map() };
  for (const name of entries.sort().slice(0, mostCertificates)) {
    const place = join(folder, name);
    if (!(await stat(place).catch(() => null))?.isDirectory()) continue;
    try {
      scan.found.push(await readPair(name, place));
    } catch (error) {
      scan.broken.set(name, invalid(place, messageOf(error)));
    }
  }
  return scan;
}

function noFolder(folder: string, error: unknown): string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw invalid(folder, messageOf(error));
}

async function readPair(name: string, place: string): Promise<CertificatePair> {
  const [chain, key] = await Promise.all([
    readBounded(join(place, 'fullchain.pem')),
    readBounded(join(place, 'privkey.pem')),
  ]);
  const certificate = new X509Certificate(chain);
  if (!certificate.checkPrivateKey(createPrivateKey(key)))
    throw new Error('the key is not the one of the certificate');
  return {
    name,
    pem: `${chain.trim()}\n${key.trim()}\n`,
    expiresAt: Date.parse(certificate.validTo),
    covers: (host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined,
  };
}

async function readBounded(path: string): Promise<string> {
  if ((await stat(path)).size > longestFile) throw new Error(`${path} is larger than 256 KB`);
  return readFile(path, 'utf8');
}

const invalid = (place: string, why: string): SiskinError =>
  new SiskinError('CERTIFICATE_INVALID', `The certificate in ${place} cannot be used: ${why}.`);

/** When a certificate that is served expires, in ms since 1970; null when there is none. */
export async function expiryOf(pemFile: string): Promise<number | null> {
  const pem = await readFile(pemFile, 'utf8').catch(() => null);
  return pem === null ? null : Date.parse(new X509Certificate(pem).validTo);
}
