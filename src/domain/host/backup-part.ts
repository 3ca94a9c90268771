import { exampleTraits } from './answers.ts';
import { databaseName, hostNames } from './names.ts';
import type { Producer } from './plan.ts';

/** The user of the databases, unless main/.env names another. */
const databaseUser = 'app';

/** What is saved of a host whose data is on it: each app's database, and the files; into the volume of Siskin's own data. */
export const backupPart: Producer = ({ example, project, apps }) => {
  const { outsideDatabase, files } = exampleTraits[example];
  if (outsideDatabase) return { files: [] };
  const { databaseLabel, filesVolume } = hostNames(project);
  const databases = apps.map(
    ({ app }) =>
      `    - { name: ${app}, container: ${databaseLabel}, kind: postgres, database: ${databaseName(app)}, user: ${databaseUser} }`,
  );
  const lines = [
    '# Each night, and by `siskin backup`; copy them to another machine.',
    'backup:',
    '  to: /var/lib/siskin/backups',
    '  at: "02:00"',
    '  databases:',
    ...databases,
    ...(files ? [`  volumes: [${filesVolume}]`] : []),
  ];
  return { files: [], siskinYaml: [lines.join('\n')] };
};
