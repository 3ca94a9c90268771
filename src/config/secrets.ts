import type { SiskinConfig } from './siskin/types.ts';

/** Where siskin.yaml itself holds secrets. */
export type SecretParts = Pick<SiskinConfig, 'github' | 'apps' | 'slack'>;

/** Everything of siskin.yaml that no log line may hold. */
export function configSecrets({ github, apps, slack }: SecretParts): string[] {
  const ofRepositories = apps.flatMap(({ git }) => (git.credentials ? [git.credentials.password] : []));
  const ofGithub = github.auth?.kind === 'token' ? [github.auth.token] : [];
  return [...github.webhookSecrets, ...ofGithub, ...ofRepositories, ...slackSecrets(slack)];
}

function slackSecrets(slack: SiskinConfig['slack']): string[] {
  if (slack === undefined) return [];
  if (slack.kind === 'webhook') return [slack.webhookUrl];
  return [slack.botToken, slack.signingSecret, slack.appToken].filter((one) => one !== undefined);
}
