import type { HostAnswers, HostApp } from './answers.ts';

/** Names that several files must agree on. */
export const hostNames = (project: string) => ({
  project,
  /** Where router, front and apps meet. */
  network: project,
  databaseNetwork: `${project}-database`,
  testDatabaseNetwork: `${project}-test-database`,
  /** Containers that are named to other programs and people. */
  router: `${project}-router`,
  server: `${project}-server`,
  /** The label of the database's container. */
  databaseLabel: `siskin.host.database=${project}`,
  certificatesVolume: `${project}_front-certificates`,
  filesVolume: `${project}-minio-data`,
});

/** An app's database, in the letters of SQL: `web_shop`. */
export const databaseName = (app: string): string => app.replaceAll('-', '_');

/** Where an environment's database is. */
export interface DatabaseAddress {
  /** The variable of siskin/.env that holds it: `SHOP_PRODUCTION_DATABASE_URL`. */
  variable: string;
  host: string;
  port: number;
  database: string;
  /** The secret that is its password; absent where only the operator knows it. */
  secret?: string;
}

/** @returns one for each environment, in the order of the answers */
export const databaseAddresses = (answers: HostAnswers): DatabaseAddress[] =>
  answers.apps.flatMap(({ app, environments }) =>
    environments.map(({ environment }) => databaseAddress(answers, app, environment)),
  );

function databaseAddress(
  { outsideDatabase }: HostAnswers,
  app: string,
  environment: HostApp['environments'][number]['environment'],
): DatabaseAddress {
  const variable = databaseVariable(app, environment);
  const inside = { host: 'postgres', port: 5432 };
  if (environment === 'production' && outsideDatabase !== undefined)
    return { variable, ...outsideDatabase, database: databaseName(app) };
  const secret = environment === 'test' ? 'test-postgres' : 'postgres';
  return { variable, ...inside, database: databaseName(app), secret };
}

/** `SHOP_PRODUCTION_DATABASE_URL` */
export const databaseVariable = (app: string, environment: string): string =>
  `${databaseName(app)}_${environment}_database_url`.toUpperCase();
