import type { ReleasePart } from '../domain/deployment.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import type { EnvironmentKey } from '../domain/names.ts';
import type { SecretUse } from '../domain/secret-use.ts';
import {
  digestText,
  missingSecrets,
  type SecretValues,
  secretEnvironment,
  secretsFor,
  strayReference,
} from '../domain/secrets.ts';
import type { ServiceSpec } from '../domain/service-spec.ts';
import type { AppEnvironment } from './app-environment.ts';

/** The secrets that the operator has set, encrypted at rest. */
export interface Secrets {
  /**
   * An environment's secrets, its own over those of the whole app.
   * @throws SiskinError SECRETS_IDENTITY_MISSING, SECRETS_IDENTITY_UNUSABLE, SECRETS_UNREADABLE
   */
  read(key: EnvironmentKey): Promise<SecretValues>;
  /** A keyed hash of a text: without the key nobody can try values. @throws SiskinError as read */
  seal(text: string): Promise<string>;
}

/**
 * Reads the services out of a Compose file's text, with what their release's record says of secrets.
 * @throws SiskinError of the Compose file; SECRET_MISSING with the command to run; as Secrets.read
 */
export async function readSealedSpecs(
  secrets: Secrets,
  app: AppEnvironment,
  text: string,
): Promise<ServiceSpec[]> {
  const specs = await app.readSpecs(text);
  const stray = specs.map(strayReference).find((reference) => reference !== undefined);
  if (stray !== undefined)
    throw new SiskinError(
      'COMPOSE_INVALID',
      `${app.composeFile}: the secret ${stray} may stand under environment only: elsewhere it would be in records or images`,
    );
  if (app.secrets.length === 0) return specs;
  const values = await valuesOf(secrets, app, app.secrets);
  const digest = await secrets.seal(digestText(app.secrets, values));
  return specs.map((spec) => ({ ...spec, secrets: { uses: [...app.secrets], digest } }));
}

/** What the containers and the build of a release get; values as they are now. */
export interface GivenSecrets {
  environment: Record<string, string>;
  /** Content by name. */
  files: Record<string, string>;
  build: Record<string, string>;
}

/** @throws SiskinError SECRET_MISSING; as Secrets.read */
export async function givenSecrets(
  secrets: Secrets,
  key: EnvironmentKey,
  { spec }: Pick<ReleasePart, 'spec'>,
): Promise<GivenSecrets> {
  const uses = spec.secrets?.uses ?? [];
  if (uses.length === 0) return { environment: spec.container.environment, files: {}, build: {} };
  const values = await valuesOf(secrets, key, uses);
  return {
    environment: secretEnvironment(spec, values),
    files: secretsFor(spec, 'file', values),
    build: secretsFor(spec, 'build', values),
  };
}

async function valuesOf(
  secrets: Secrets,
  key: EnvironmentKey,
  uses: readonly SecretUse[],
): Promise<SecretValues> {
  const values = await secrets.read(key);
  const missing = missingSecrets(uses, values);
  if (missing.length === 0) return values;
  const commands = missing.map((name) => `siskin secrets set ${key.app} ${key.environment} ${name}`);
  throw new SiskinError(
    'SECRET_MISSING',
    `${missing.length === 1 ? 'a secret is' : 'secrets are'} not set; run: ${commands.join('; ')}`,
  );
}
