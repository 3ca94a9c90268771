import { exampleTraits } from './answers.ts';
import { databaseName, hostNames } from './names.ts';
import { openFile, type Producer, privateFile } from './plan.ts';

/** Database, cache and files of production. A database outside leaves the cache. */
export const mainPart: Producer = ({ example, project, apps }) => {
  const { outsideDatabase, files } = exampleTraits[example];
  const databases = apps.map(({ app }) => databaseName(app));
  const values = { ...hostNames(project), postgres: !outsideDatabase, files, databases };
  const secrets = [...(outsideDatabase ? [] : ['postgres']), ...(files ? ['minio'] : [])];
  return {
    parts: [
      { name: 'main', about: outsideDatabase ? 'cache of production' : 'database and cache of production' },
    ],
    files: [
      openFile('main/docker-compose.yml', 'host/main/docker-compose.yml.eta', values),
      privateFile('main/.env', 'host/main/env.eta', values, secrets),
      ...(outsideDatabase ? [] : [openFile('main/postgres/init.sql', 'host/postgres/init.sql.eta', values)]),
    ],
  };
};

/** The same for the test environments. */
export const testPart: Producer = ({ example, project, apps }) => {
  if (!exampleTraits[example].testEnvironment) return { files: [] };
  const values = { ...hostNames(project), databases: apps.map(({ app }) => databaseName(app)) };
  return {
    parts: [{ name: 'test', about: 'database and cache of the test environments' }],
    files: [
      openFile('test/docker-compose.yml', 'host/test/docker-compose.yml.eta', values),
      privateFile('test/.env', 'host/test/env.eta', values, ['test-postgres']),
      openFile('test/postgres/init.sql', 'host/postgres/init.sql.eta', values),
    ],
  };
};
