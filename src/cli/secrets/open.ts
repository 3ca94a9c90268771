import type { Command } from 'commander';
import { type SecretScope, SecretStore } from '../../adapters/age/secret-store.ts';
import { secretsFolder } from '../../config/secret-folders.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { secretNamePattern } from '../../domain/secrets.ts';
import { configPath, type LocalConfig, readLocalConfig } from '../local/local-config.ts';
import type { Io } from '../terminal/io.ts';

/** The siskin.yaml of this machine. @throws SiskinError CONFIG_MISSING */
export async function localConfig(command: Command, io: Io): Promise<LocalConfig> {
  const path = configPath(command, io);
  const config = await readLocalConfig(path, io);
  if (config) return config;
  throw new SiskinError('CONFIG_MISSING', `${path} does not exist; the secrets are kept beside its server`);
}

export const openStore = ({ dataDir, identityFile }: LocalConfig): SecretStore =>
  new SecretStore({ folder: secretsFolder(dataDir), identityFile });

/**
 * Reads `APP [ENVIRONMENT] NAME`: without an environment it is for all of the app's.
 * @throws SiskinError ARGUMENT_INVALID
 */
export function namedSecret(
  words: readonly string[],
  { environments }: LocalConfig,
): { scope: SecretScope; name: string } {
  const [app = '', ...rest] = words;
  const [environment, name] = rest.length === 2 ? [rest[0] ?? '', rest[1] ?? ''] : [null, rest[0] ?? ''];
  if (rest.length < 1 || rest.length > 2)
    throw invalid('It is APP ENVIRONMENT NAME, or APP NAME for all environments.');
  const scope = checkedScope(app, environment, environments);
  if (environment === null && environments.get(app)?.includes(name))
    throw invalid(`${name} is an environment of ${app}; the name of the secret is missing.`);
  if (!secretNamePattern.test(name))
    throw invalid('The name of a secret has letters, digits and _, and begins with no digit.');
  return { scope, name };
}

/** @throws SiskinError ARGUMENT_INVALID for what siskin.yaml does not have */
export function checkedScope(
  app: string,
  environment: string | null,
  environments: LocalConfig['environments'],
): SecretScope {
  const known = environments.get(app);
  if (!known)
    throw invalid(`There is no app ${app}; there are: ${[...environments.keys()].join(', ') || 'none'}.`);
  if (environment !== null && !known.includes(environment))
    throw invalid(`${app} has no environment ${environment}; it has: ${known.join(', ')}.`);
  return { app, environment };
}

const invalid = (message: string): SiskinError => new SiskinError('ARGUMENT_INVALID', message);

/** `shop/production`, or `shop (all environments)`. */
export const scopeText = ({ app, environment }: SecretScope): string =>
  environment === null ? `${app} (all environments)` : `${app}/${environment}`;

/** The same for the audit log, which finds an environment's entries by `environment`. */
export const scopeDetail = ({ app, environment }: SecretScope): Record<string, string> =>
  environment === null ? { app } : { environment: `${app}/${environment}` };
