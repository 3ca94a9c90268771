import type { SiskinConfig, SlackConfig } from './siskin/types.ts';

const hidden = '***';

/** The configuration as it may be shown: secrets, token hashes, variables' values and passwords in URLs hidden. */
export const redacted = (config: SiskinConfig): SiskinConfig => ({
  ...config,
  ...(config.redis && { redis: { url: withoutPassword(config.redis.url) } }),
  ...(config.prometheus && { prometheus: { url: withoutPassword(config.prometheus.url) } }),
  docker: { ...config.docker, host: withoutPassword(config.docker.host) },
  github: {
    ...config.github,
    webhookSecrets: config.github.webhookSecrets.map(() => hidden),
    ...(config.github.auth?.kind === 'token' && { auth: { kind: 'token', token: hidden } }),
  },
  ...(config.slack && { slack: redactedSlack(config.slack) }),
  ...(config.front?.bypass && {
    front: { ...config.front, bypass: { ...config.front.bypass, token: hidden } },
  }),
  ...(config.dns && 'value' in config.dns.token && { dns: { ...config.dns, token: { value: hidden } } }),
  api: { tokens: config.api.tokens.map((token) => ({ ...token, sha256: hidden })) },
  apps: config.apps.map((app) => ({
    ...app,
    git: {
      ...app.git,
      ...(app.git.credentials && { credentials: { ...app.git.credentials, password: hidden } }),
    },
    environments: app.environments.map((environment) => ({
      ...environment,
      variables: hiddenValues(environment.variables),
      secretValues: hiddenValues(environment.secretValues),
    })),
  })),
});

const hiddenValues = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, hidden]));

const redactedSlack = (slack: SlackConfig): SlackConfig =>
  slack.kind === 'webhook'
    ? { ...slack, webhookUrl: hidden }
    : {
        ...slack,
        botToken: hidden,
        ...(slack.signingSecret !== undefined && { signingSecret: hidden }),
        ...(slack.appToken !== undefined && { appToken: hidden }),
      };

const withoutPassword = (url: string): string => {
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return url;
  parsed.username = '';
  parsed.password = hidden;
  return parsed.href;
};
