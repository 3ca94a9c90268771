import { makeIdentity, readIdentity } from '../src/adapters/age/identity.ts';
import { SecretStore } from '../src/adapters/age/secret-store.ts';
import { secretsFolder } from '../src/config/secret-folders.ts';
import { configSecrets, type SecretParts } from '../src/config/secrets.ts';
import { findEnvironment, type SiskinConfig } from '../src/config/siskin-config.ts';
import { messageOf, SiskinError } from '../src/domain/errors/siskin-error.ts';
import { storedUses } from '../src/domain/secrets.ts';
import type { Logger } from '../src/observability/logger.ts';
import { LiveMask } from '../src/observability/mask.ts';
import type { Secrets } from '../src/pipeline/secrets.ts';

type Config = Pick<SiskinConfig, 'dataDir' | 'secrets' | 'apps'>;

/** A mask of everything secret that siskin.yaml itself holds. */
export const configMask = (config: SecretParts): LiveMask => new LiveMask(configSecrets(config));

/**
 * The secrets of the data directory, and over them those of siskin.yaml. Whatever value is read is masked from then on,
 * before anybody has it; what containers of before may still print is learned at the start.
 */
export async function openSecrets(
  config: Config,
  mask: LiveMask,
  log: Pick<Logger, 'warn'>,
): Promise<Secrets> {
  const { identityFile } = config.secrets;
  const store = new SecretStore({ folder: secretsFolder(config.dataDir), identityFile });
  await ensureIdentity(config);
  for (const { app, environments } of config.apps)
    for (const { environment, secrets } of environments) {
      if (secrets.length === 0) continue;
      const key = { app, environment };
      await store.spoken(key).then(
        (values) => mask.learn(values),
        (error: unknown) => log.warn({ ...key, reason: messageOf(error) }, 'its secrets cannot be read'),
      );
    }
  return {
    seal: (text) => store.seal(text),
    read: async (key) => {
      mask.learn(await store.spoken(key));
      const { secretValues = {} } = findEnvironment(config, key)?.environment ?? {};
      return new Map([...(await store.read(key)), ...Object.entries(secretValues)]);
    },
  };
}

/** Where nothing is kept but what siskin.yaml says, an identity opens nothing, and nobody needs to have made it. */
async function ensureIdentity({ apps, secrets: { identityFile } }: Config): Promise<void> {
  const using = apps.flatMap(({ environments }) => environments).filter(({ secrets }) => secrets.length > 0);
  const stored = using.some(({ secrets, secretValues }) => storedUses(secrets, secretValues).length > 0);
  if (using.length === 0 || stored) return;
  const missing = await readIdentity(identityFile).then(
    () => false,
    (error: unknown) => error instanceof SiskinError && error.code === 'SECRETS_IDENTITY_MISSING',
  );
  if (missing) await makeIdentity(identityFile, new Date());
}
