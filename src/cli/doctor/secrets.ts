import { readIdentity } from '../../adapters/age/identity.ts';
import { SecretStore } from '../../adapters/age/secret-store.ts';
import { problemOf } from '../../adapters/docker/secret-files.ts';
import type { Env } from '../../config/env.ts';
import { memoryFolders, secretsFolder } from '../../config/secret-folders.ts';
import type { EnvironmentConfig, SiskinConfig } from '../../config/siskin-config.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { missingSecrets, storedUses } from '../../domain/secrets.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

type Config = Pick<SiskinConfig, 'dataDir' | 'secrets' | 'apps'>;

/** The identity, what it opens, what siskin.yaml wants of it, and where files of it go. */
export async function checkSecrets(config: Config, env: Env): Promise<Finding[]> {
  const environments = config.apps.flatMap(({ app, environments: own }) =>
    own.map((one) => ({ app, ...one })),
  );
  const lookalikes = environments.flatMap(secretLookalikes);
  const asFiles = environments.some(({ secrets }) => secrets.some(({ way }) => way === 'file'));
  const memory = asFiles ? [await checkMemory(memoryFolders(config, env, process.getuid?.() ?? 0))] : [];
  return [...(await checkStored(config, environments)), ...memory, ...lookalikes];
}

/** Those whose values siskin.yaml does not hold itself. */
async function checkStored(config: Config, environments: readonly Named[]): Promise<Finding[]> {
  const using = environments
    .map((one) => ({ ...one, secrets: storedUses(one.secrets, one.secretValues) }))
    .filter(({ secrets }) => secrets.length > 0);
  if (using.length === 0) return [];
  try {
    await readIdentity(config.secrets.identityFile);
  } catch (error) {
    if (!(error instanceof SiskinError)) throw error;
    return [fail('secrets', error.message, error.hint)];
  }
  const store = new SecretStore({
    folder: secretsFolder(config.dataDir),
    identityFile: config.secrets.identityFile,
  });
  return await Promise.all(using.map((one) => checkEnvironment(store, one)));
}

type Named = EnvironmentConfig & { app: string };

async function checkEnvironment(store: SecretStore, { app, environment, secrets }: Named): Promise<Finding> {
  const place = `${app}/${environment}`;
  try {
    const missing = missingSecrets(secrets, await store.read({ app, environment }));
    if (missing.length === 0) return ok('secrets', `${place}: all that siskin.yaml names are set`);
    const commands = missing.map((name) => `siskin secrets set ${app} ${environment} ${name}`);
    return fail('secrets', `${place}: not set: ${missing.join(', ')}`, `Run: ${commands.join('; ')}`);
  } catch (error) {
    return fail(
      'secrets',
      `${place}: ${messageOf(error)}`,
      error instanceof SiskinError ? error.hint : 'See the sentence.',
    );
  }
}

async function checkMemory(folders: readonly string[]): Promise<Finding> {
  const problems: string[] = [];
  for (const folder of folders) {
    const problem = await problemOf(folder);
    if (problem === undefined) return ok('secrets', `files go to ${folder}, in memory`);
    problems.push(`${folder} ${problem}`);
  }
  return fail('secrets', problems.join('; '), 'Set secrets.runDir in siskin.yaml to a folder on a tmpfs.');
}

/** What `env` holds becomes part of the records in Redis. */
export function secretLookalikes({
  app,
  environment,
  variables,
}: Pick<Named, 'app' | 'environment' | 'variables'>): Finding[] {
  const names = Object.keys(variables).filter((name) =>
    /PASSWORD|SECRET|TOKEN|PRIVATE_?KEY|API_?KEY|CREDENTIAL/i.test(name),
  );
  if (names.length === 0) return [];
  const detail = `${app}/${environment}: ${names.join(', ')} under env looks like a secret, and would be in Redis`;
  return [
    warn(
      'secrets',
      detail,
      `Name it under secrets instead: siskin secrets set ${app} ${environment} ${names[0]}`,
    ),
  ];
}
