import { SecretStore } from '../src/adapters/age/secret-store.ts';
import { secretsFolder } from '../src/config/secret-folders.ts';
import { configSecrets, type SecretParts } from '../src/config/secrets.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { messageOf } from '../src/domain/errors/siskin-error.ts';
import type { Logger } from '../src/observability/logger.ts';
import { LiveMask } from '../src/observability/mask.ts';
import type { Secrets } from '../src/pipeline/secrets.ts';

/** A mask of everything secret that siskin.yaml itself holds. */
export const configMask = (config: SecretParts): LiveMask => new LiveMask(configSecrets(config));

/**
 * The secrets of the data directory. Whatever value is read is masked from then on, before anybody has it; what
 * containers of before may still print is learned at the start.
 */
export async function openSecrets(
  config: Pick<SiskinConfig, 'dataDir' | 'secrets' | 'apps'>,
  mask: LiveMask,
  log: Pick<Logger, 'warn'>,
): Promise<Secrets> {
  const store = new SecretStore({
    folder: secretsFolder(config.dataDir),
    identityFile: config.secrets.identityFile,
  });
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
      return await store.read(key);
    },
  };
}
