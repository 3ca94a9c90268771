import type { SiskinConfig } from './siskin/types.ts';

/** Where siskin.yaml itself holds secrets. */
export type SecretParts = Pick<SiskinConfig, 'github' | 'apps' | 'slack' | 'redis' | 'front' | 'dns'>;

/** Everything of siskin.yaml that no log line may hold. */
export function configSecrets({ github, apps, slack, redis, front, dns }: SecretParts): string[] {
  const ofRepositories = apps.flatMap(({ git }) => (git.credentials ? [git.credentials.password] : []));
  const ofApps = apps.flatMap(({ environments }) =>
    environments.flatMap(({ secretValues }) => Object.values(secretValues)),
  );
  const ofGithub = github.auth?.kind === 'token' ? [github.auth.token] : [];
  const own = [...github.webhookSecrets, ...ofGithub, ...slackSecrets(slack), ...redisPassword(redis?.url)];
  const ofDns = dns && 'value' in dns.token ? [dns.token.value] : [];
  const ofFront = front?.bypass ? [front.bypass.token] : [];
  return [...own, ...ofRepositories, ...ofApps, ...ofFront, ...ofDns];
}

function slackSecrets(slack: SiskinConfig['slack']): string[] {
  if (slack === undefined) return [];
  if (slack.kind === 'webhook') return [slack.webhookUrl];
  return [slack.botToken, slack.signingSecret, slack.appToken].filter((one) => one !== undefined);
}

/** As it stands in the URL, and as it is. */
function redisPassword(url: string | undefined): string[] {
  const { password } = new URL(url ?? 'redis://');
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
