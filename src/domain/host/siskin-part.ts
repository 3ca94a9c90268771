import { exampleTraits } from './answers.ts';
import { frontAddresses } from './front-network.ts';
import { databaseAddresses, hostNames } from './names.ts';
import { openFile, type Producer, privateFile } from './plan.ts';
import { keysFolder, keysToDo, repositoryToDo } from './repository-keys.ts';

/** Siskin in containers, as docs/guides/containers.md has it. */
export const siskinPart: Producer = (answers) => {
  const { project, ports, example } = answers;
  const { files } = exampleTraits[example];
  const databases = databaseAddresses(answers);
  const values = {
    ...hostNames(project),
    ports,
    databases,
    files,
    addresses: frontAddresses(answers.frontSubnet),
  };
  const repositories = repositoryToDo(project, answers.apps);
  const passwords = databases.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
  const secrets = ['webhook', 'monitoring-token', ...new Set(passwords), ...(files ? ['minio'] : [])];
  return {
    parts: [{ name: 'siskin', about: 'receiver, worker and router' }],
    files: [
      openFile('siskin/docker-compose.yml', 'host/siskin/docker-compose.yml.eta', values),
      openFile('siskin/prometheus.yml', 'compose/prometheus.yml'),
      privateFile('siskin/.env', 'host/siskin/env.eta', values, secrets),
      // The folder must be there before Docker would make it as root.
      { path: `${keysFolder}/.gitignore`, mode: 0o644, text: '*\n!.gitignore\n' },
    ],
    // After what the part of the second machine says of its own keys.
    toDo: [...repositories, ...(repositories.length > 0 || answers.standby !== undefined ? [keysToDo] : [])],
  };
};
