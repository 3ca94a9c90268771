import { dirname, join } from 'node:path';
import { readBoundedFile } from '../../config/bounded-file.ts';
import type { Env } from '../../config/env.ts';
import { parseEnvFile } from '../../config/env-file.ts';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import type { Io } from '../terminal/io.ts';
import { neutral } from '../terminal/output.ts';
import { envFileName, tokenVariable } from './siskin-yaml.ts';

const longestEnvFile = 256 * 1024;

/** What GitHub must know to be told of the webhook: who asks, and where it leads. */
export const canRegister = (env: Env, { publicUrl }: { publicUrl: string }): boolean =>
  publicUrl !== '' && Boolean(env[tokenVariable]);

/**
 * Registers the app's webhook by the siskin.yaml and the secret that were just written, and says so.
 * @throws SiskinError of registerAppWebhook: what was written stays
 */
export async function registerWebhook(io: Io, config: string, app: string): Promise<void> {
  const envFile = join(dirname(config), envFileName);
  const secrets = parseEnvFile(await readBoundedFile(envFile, longestEnvFile, 'CONFIG_UNREADABLE'), envFile);
  const loaded = await loadSiskinConfig(config, { ...io.env, ...secrets });
  const { registerAppWebhook } = await import('../../../workers/webhooks.ts');
  const { repository, url } = await registerAppWebhook(loaded, app, io.interrupted);
  io.write(`${neutral(repository)} tells ${neutral(url)} of pushes from now on\n`);
}
