import { frontFileProblems } from '../../../workers/front-checks.ts';
import { scanCertificates } from '../../adapters/nginx/certificate-files.ts';
import type { SiskinConfig } from '../../config/siskin-config.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { judgeCertificate } from './certificate.ts';
import { type Finding, fail, warn } from './finding.ts';

/** The front's files: certificates with what is left of them, and users. Its program and ports are looked at with the others. */
export async function checkFront(config: SiskinConfig, nowMs: number): Promise<Finding[]> {
  const { front } = config;
  if (front === undefined) return [];
  const wrong = (await frontFileProblems(config)).map(({ message, hint }) => fail('front', message, hint));
  try {
    const { found, broken } = await scanCertificates(front.certificates);
    return [
      ...wrong,
      ...[...broken.values()].map(({ message, hint }) => warn('front', message, hint)),
      ...(front.https ? tlsHosts(config).map((host) => judgeCertificate(host, found, nowMs)) : []),
      ...openPasswords(config),
    ];
  } catch (error) {
    if (!(error instanceof SiskinError)) throw error;
    return [...wrong, fail('front', error.message, error.hint)];
  }
}

const environmentsOf = ({ apps }: SiskinConfig) =>
  apps.flatMap(({ app, environments }) => environments.map((one) => ({ app, ...one })));

const tlsHosts = (config: SiskinConfig): string[] => [
  ...new Set(
    environmentsOf(config)
      .filter(({ front }) => front?.tls !== 'off')
      .flatMap(({ routes }) => routes.map(({ host }) => host)),
  ),
];

/** Basic authentication sends the password with each request, readable by whoever is on the way. */
const openPasswords = (config: SiskinConfig): Finding[] =>
  environmentsOf(config)
    .filter(({ access, front }) => access?.basicAuth && (front?.tls === 'off' || !config.front?.https))
    .map(({ app, environment }) =>
      warn(
        'front',
        `${app}/${environment} asks for a password over plain HTTP`,
        'Give it HTTPS: front.https and a certificate.',
      ),
    );
