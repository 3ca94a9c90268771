/**
 * Where each generated secret stands, so that one that is in use is found again and never replaced: in a variable of an
 * .env file, or as the file's only line (null).
 */
export const secretPlaces: Readonly<Record<string, { file: string; variable: string | null }>> = {
  postgres: { file: 'main/.env', variable: 'POSTGRES_PASSWORD' },
  'test-postgres': { file: 'test/.env', variable: 'POSTGRES_PASSWORD' },
  minio: { file: 'main/.env', variable: 'MINIO_ROOT_PASSWORD' },
  'monitoring-token': { file: 'monitoring/secrets/siskin-token', variable: null },
  grafana: { file: 'monitoring/secrets/grafana-password', variable: null },
  webhook: { file: 'siskin/.env', variable: 'SISKIN_WEBHOOK_SECRET' },
};
