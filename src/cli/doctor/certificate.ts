import { chooseCertificate, type FoundCertificate } from '../../domain/front/certificates.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const dayMs = 86_400_000;
/** Let's Encrypt's certificates are renewed 30 days before they expire; one with less than this was not. */
const soonDays = 14;

/** What a host's certificate is like at `nowMs` (since 1970). */
export function judgeCertificate(host: string, found: readonly FoundCertificate[], nowMs: number): Finding {
  const certificate = chooseCertificate(host, found);
  if (!certificate)
    return warn(
      'front',
      `${host} has no certificate: it is served by plain HTTP`,
      'docs/guides/front.md shows how to get one.',
    );
  const days = Math.floor((certificate.expiresAt - nowMs) / dayMs);
  const advice = 'Renew it: certbot renew; nothing needs to be reloaded.';
  if (days < 0) return fail('front', `the certificate of ${host} expired ${-days} days ago`, advice);
  if (days < soonDays) return warn('front', `the certificate of ${host} expires in ${days} days`, advice);
  return ok('front', `the certificate of ${host} lasts ${days} days`);
}
