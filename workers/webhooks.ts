import { GithubHooks } from '../src/adapters/github/hooks.ts';
import { type RegisteredWebhook, registerWebhook } from '../src/adapters/github/register-webhook.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { SiskinError } from '../src/domain/errors/siskin-error.ts';
import { openGithub } from './github.ts';

/** The webhooks of an app's repository, and what its own one has to be. */
export interface AppWebhook {
  hooks: GithubHooks;
  /** `https://deploy.example.com/webhooks/github` */
  url: string;
}

/**
 * @param app as siskin.yaml names it
 * @throws SiskinError ARGUMENT_INVALID, GITHUB_NOT_CONFIGURED, GITHUB_NOT_THERE, and those of openGithub
 */
export async function appWebhook(
  config: SiskinConfig,
  app: string,
  signal?: AbortSignal,
): Promise<AppWebhook> {
  const found = config.apps.find((one) => one.app === app);
  if (!found) {
    const known = config.apps.map((one) => one.app).join(', ') || 'none';
    throw new SiskinError('ARGUMENT_INVALID', `${config.file} has no app ${app}; its apps: ${known}.`);
  }
  const api = await openGithub(config);
  if (api === null) throw lacks(config, 'github.token or github.app');
  const repository = api.repository(found.repository);
  if (repository === null) {
    const message = `The repository of ${app} is not on the GitHub of ${api.apiUrl}.`;
    throw new SiskinError('GITHUB_NOT_THERE', message);
  }
  return { hooks: new GithubHooks(api, repository, signal), url: webhookUrl(config) };
}

/**
 * Creates or repairs the webhook of an app's repository; see registerWebhook. During a rotation it gets the first secret.
 * @throws SiskinError of appWebhook; GithubFailure
 */
export async function registerAppWebhook(
  config: SiskinConfig,
  app: string,
  signal?: AbortSignal,
): Promise<RegisteredWebhook & { url: string; repository: string }> {
  const { hooks, url } = await appWebhook(config, app, signal);
  const [secret] = config.github.webhookSecrets;
  if (secret === undefined) throw lacks(config, 'github.webhookSecret');
  return { ...(await registerWebhook(hooks, { url, secret })), url, repository: hooks.name };
}

/** Where GitHub sends pushes. @throws SiskinError GITHUB_NOT_CONFIGURED */
export function webhookUrl(config: SiskinConfig): string {
  if (config.server.publicUrl === undefined) throw lacks(config, 'server.publicUrl');
  return `${config.server.publicUrl.replace(/\/+$/, '')}/webhooks/github`;
}

const lacks = ({ file }: SiskinConfig, key: string): SiskinError =>
  new SiskinError('GITHUB_NOT_CONFIGURED', `${file} has no ${key}.`);
