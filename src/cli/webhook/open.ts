import type { Command } from 'commander';
import { type AppWebhook, appWebhook } from '../../../workers/webhooks.ts';
import { hooksOf } from '../../adapters/github/register-webhook.ts';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { configPath } from '../local/local-config.ts';
import type { Io } from '../terminal/io.ts';

/** @throws SiskinError of siskin.yaml and of appWebhook */
export async function openWebhook(command: Command, io: Io, app: string): Promise<AppWebhook> {
  const config = await loadSiskinConfig(configPath(command, io), io.env);
  return appWebhook(config, app, io.interrupted);
}

/** The id of the hook that leads to this Siskin. @throws SiskinError WEBHOOK_MISSING, GithubFailure */
export async function ourHook({ hooks, url }: AppWebhook): Promise<string> {
  const [ours] = hooksOf(await hooks.list(), url);
  if (ours) return ours.id;
  throw new SiskinError('WEBHOOK_MISSING', `${hooks.name} has no webhook that leads to ${url}.`);
}
