import type { HostApp } from './answers.ts';

/** Beside siskin.yaml, in Siskin's containers too; nothing in it is git's. */
export const keysFolder = 'keys';
/** What every file in it needs, as a sentence for the operator. */
export const keysToDo = `Then, for each file in ${keysFolder}/: chmod 600 and chown 1000:1000, Siskin’s user in its containers.`;

const deployKey = (app: string): string => `${keysFolder}/${app}`;
const knownHosts = `${keysFolder}/known_hosts`;

/** The key `git` of an app whose repository is reached by ssh: its container has no key, and knows no host, by itself. */
export const gitLines = ({ app, repository }: HostApp): string[] =>
  sshHost(repository) === null
    ? []
    : [`    git: { deployKeyFile: ${deployKey(app)}, knownHostsFile: ${knownHosts} }`];

/** What only the operator can do before such a repository can be read, one sentence each. */
export function repositoryToDo(project: string, apps: readonly HostApp[]): string[] {
  const reached = apps.flatMap(({ app, repository }) => {
    const host = sshHost(repository);
    return host === null ? [] : [{ app, host }];
  });
  if (reached.length === 0) return [];
  const scans = [...new Set(reached.map(({ host }) => `ssh-keyscan ${host} >> ${knownHosts}`))];
  return [
    ...reached.map(
      ({ app }) =>
        `A deploy key for ${app}: ssh-keygen -t ed25519 -N '' -C ${project} -f ${deployKey(app)}, and its public half to the repository (reading is enough).`,
    ),
    `Its host keys: ${scans.join(', ')}, compared with the fingerprints that the host publishes.`,
  ];
}

/** The host of an ssh address, as ssh-keyscan takes it; null for any other address. */
function sshHost(repository: string): string | null {
  if (repository.startsWith('ssh://')) {
    const { hostname, port } = new URL(repository);
    return port === '' ? hostname : `-p ${port} ${hostname}`;
  }
  return /^[^/:]+@([^/:]+):/.exec(repository)?.[1] ?? null;
}
