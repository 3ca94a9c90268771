import { describe, expect, it } from 'vitest';
import type { SecretUse } from '../../../src/domain/secret-use.ts';
import { secretReference } from '../../../src/domain/secrets.ts';
import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import type { AppEnvironment } from '../../../src/pipeline/app-environment.ts';
import { givenSecrets, readSealedSpecs, type Secrets } from '../../../src/pipeline/secrets.ts';
import { serviceSpec } from '../../support/specs.ts';

const key = { app: 'shop', environment: 'production' };
const secretsOf = (values: Record<string, string>): Secrets => ({
  read: async () => new Map(Object.entries(values)),
  seal: async (text) => `sealed(${Buffer.from(text).toString('hex')})`,
});
const uses: SecretUse[] = [
  { name: 'DB', way: 'env' },
  { name: 'TLS', way: 'file' },
  { name: 'NPM', way: 'build' },
];
const values = { DB: 'planted-db', TLS: 'planted-tls', NPM: 'planted-npm' };

const appWith = (secrets: readonly SecretUse[], spec: ServiceSpec): AppEnvironment => ({
  ...key,
  repository: '/r',
  branch: 'main',
  composeFile: 'docker-compose.yml',
  services: ['web'],
  buildTimeoutMs: 1,
  secrets,
  readSpecs: async () => [spec],
});
const specWith = (environment: Record<string, string>): ServiceSpec => {
  const spec = serviceSpec();
  return { ...spec, container: { ...spec.container, environment } };
};

describe('a release’s spec', () => {
  it('threat 24: holds names, references and a digest, never a value', async () => {
    const spec = specWith({ URL: `postgres://u:${secretReference('DB')}@db/`, MODE: 'x' });
    const [sealed] = await readSealedSpecs(secretsOf(values), appWith(uses, spec), '');
    expect(sealed?.secrets?.uses).toEqual(uses);
    expect(JSON.stringify(sealed)).not.toContain('planted');
  });

  it('is another when a value is another, and the same whatever the order of the list', async () => {
    const digestOf = async (given: Record<string, string>, list = uses) =>
      (await readSealedSpecs(secretsOf(given), appWith(list, serviceSpec()), ''))[0]?.secrets?.digest;
    const digest = await digestOf(values);
    expect(await digestOf({ ...values, UNUSED: 'x' })).toBe(digest);
    expect(await digestOf(values, uses.toReversed())).toBe(digest);
    expect(await digestOf({ ...values, TLS: 'other' })).not.toBe(digest);
    expect(await digestOf(values, uses.slice(1))).not.toBe(digest);
  });

  it('says nothing of secrets when there are none', async () => {
    const spec = serviceSpec();
    expect(await readSealedSpecs(secretsOf({}), appWith([], spec), '')).toEqual([spec]);
  });

  it('is refused while a secret is missing, with the command to run', async () => {
    await expect(
      readSealedSpecs(secretsOf({ DB: 'x' }), appWith(uses, serviceSpec()), ''),
    ).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      message:
        'secrets are not set; run: siskin secrets set shop production TLS; siskin secrets set shop production NPM',
    });
  });

  it('is refused when the Compose file puts a secret where it would be recorded', async () => {
    const spec = serviceSpec();
    const command = ['run', `--password=${secretReference('DB')}`];
    const careless = { ...spec, container: { ...spec.container, command } };
    await expect(readSealedSpecs(secretsOf(values), appWith(uses, careless), '')).rejects.toMatchObject({
      code: 'COMPOSE_INVALID',
      message: expect.stringMatching(/docker-compose.yml: the secret DB may stand under environment only/),
    });
  });
});

describe('what a container is given', () => {
  const given = async (environment: Record<string, string>, list: readonly SecretUse[] = uses) => {
    const app = appWith(list, specWith(environment));
    const [spec = serviceSpec()] = await readSealedSpecs(secretsOf(values), app, '');
    return givenSecrets(secretsOf(values), key, { spec });
  };

  it('is its variables with references filled in, files, and what builds get', async () => {
    const url = `postgres://u:${secretReference('DB')}@db/`;
    expect(await given({ URL: url, DB: 'overridden', MODE: 'x' })).toEqual({
      environment: { URL: 'postgres://u:planted-db@db/', DB: 'planted-db', MODE: 'x' },
      files: { TLS: 'planted-tls' },
      build: { NPM: 'planted-npm' },
    });
  });

  it('is never a secret that siskin.yaml does not give as a variable', async () => {
    const { environment } = await given({ A: secretReference('NPM'), B: secretReference('OTHER') });
    expect(environment).toEqual({ A: secretReference('NPM'), B: secretReference('OTHER'), DB: 'planted-db' });
  });
});
