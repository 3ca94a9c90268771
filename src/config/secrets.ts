import type { SiskinConfig } from './siskin/types.ts';

/** Everything of siskin.yaml that no log line may hold. */
export function configSecrets({ github, slack }: SiskinConfig): string[] {
  return [...github.webhookSecrets, ...slackSecrets(slack)];
}

export function slackSecrets(slack: SiskinConfig['slack']): string[] {
  if (slack === undefined) return [];
  if (slack.kind === 'webhook') return [slack.webhookUrl];
  return [slack.botToken, slack.signingSecret, slack.appToken].filter((one) => one !== undefined);
}
