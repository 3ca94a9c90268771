import { join } from 'node:path';
import { scanCertificates } from '../src/adapters/nginx/certificate-files.ts';
import type { EnvironmentConfig, SiskinConfig } from '../src/config/siskin-config.ts';
import { placeOf } from '../src/config/siskin-place.ts';
import type { Path } from '../src/config/yaml-path.ts';
import { SiskinError } from '../src/domain/errors/siskin-error.ts';
import { chooseCertificate } from '../src/domain/front/certificates.ts';
import type { FrontSettings } from '../src/domain/front/settings.ts';
import { readUsers } from './front-files.ts';

/**
 * The files that siskin.yaml's front asks for are there and right.
 * @throws SiskinError CERTIFICATE_INVALID, USERS_FILE_INVALID with the place in siskin.yaml of the first that is not
 */
export async function checkFrontFiles(config: SiskinConfig): Promise<void> {
  const [first] = await frontFileProblems(config);
  if (first) throw first;
}

/** All of them. */
export async function frontFileProblems(config: SiskinConfig): Promise<SiskinError[]> {
  const { front } = config;
  if (front === undefined) return [];
  const environments = config.apps.flatMap(({ app, environments: own }) =>
    own.map((environment) => ({ path: ['apps', app, 'environments', environment.environment], environment })),
  );
  const problems = await Promise.all(
    environments.map(async ({ path, environment }) => [
      ...(await certificateProblems(front, environment, [...path, 'front', 'tls'])),
      ...(await usersProblems(front, environment, [...path, 'access', 'basicAuth'])),
    ]),
  );
  return Promise.all(problems.flat().map((problem) => placed(config, problem)));
}

interface Unplaced {
  error: SiskinError;
  path: Path;
}

async function placed({ file }: SiskinConfig, { error, path }: Unplaced): Promise<SiskinError> {
  const location = await placeOf(file, path);
  const place = `${location.file}:${location.line ?? 1}:${location.column ?? 1} ${location.key}`;
  return new SiskinError(error.code, `${place}: ${error.message}`, { hint: error.hint, location });
}

async function certificateProblems(
  front: FrontSettings,
  { front: site, routes }: EnvironmentConfig,
  path: Path,
): Promise<Unplaced[]> {
  if (site?.tls !== 'required') return [];
  const { found, broken } = await scanCertificates(front.certificates);
  return [...new Set(routes.map(({ host }) => host))]
    .filter((host) => chooseCertificate(host, found) === undefined)
    .map((host) => {
      const message = `there is no certificate for ${host}: ${join(front.certificates, host)} must hold fullchain.pem and privkey.pem.`;
      const hint =
        'Put it there, or write tls: auto until there is one; docs/guides/front.md shows how to get one.';
      return { error: broken.get(host) ?? new SiskinError('CERTIFICATE_INVALID', message, { hint }), path };
    });
}

async function usersProblems(
  front: FrontSettings,
  { access }: EnvironmentConfig,
  path: Path,
): Promise<Unplaced[]> {
  if (access?.basicAuth === undefined) return [];
  const read = await readUsers(join(front.users, access.basicAuth));
  return read instanceof SiskinError ? [{ error: read, path }] : [];
}
