/** Where each generated secret stands, so that one that is in use is found again and never replaced. */
export const secretPlaces: Readonly<Record<string, { file: string; variable: string }>> = {
  postgres: { file: 'main/.env', variable: 'POSTGRES_PASSWORD' },
  'test-postgres': { file: 'test/.env', variable: 'POSTGRES_PASSWORD' },
  minio: { file: 'main/.env', variable: 'MINIO_ROOT_PASSWORD' },
  webhook: { file: 'siskin/.env', variable: 'SISKIN_WEBHOOK_SECRET' },
};
