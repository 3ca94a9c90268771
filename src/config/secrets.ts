import type { SiskinConfig } from './siskin/types.ts';

/** Everything of siskin.yaml that no line of a log may hold. */
export const secretsOf = ({ github }: SiskinConfig): string[] => [
  ...github.webhookSecrets,
  ...(github.auth?.kind === 'token' ? [github.auth.token] : []),
];
