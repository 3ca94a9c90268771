import { stat } from 'node:fs/promises';
import type { GitConfig, SiskinConfig } from '../../config/siskin-config.ts';
import { isExposed } from '../../domain/file-mode.ts';
import { type Finding, fail, ok } from './finding.ts';

/** The files by which private repositories are reached. Whether their hosts accept them, a deployment tells. */
export async function checkRepositories({ apps }: Pick<SiskinConfig, 'apps'>): Promise<Finding[]> {
  return (await Promise.all(apps.map(({ app, git }) => checkKey(app, git)))).flat();
}

async function checkKey(app: string, { deployKeyFile, knownHosts }: GitConfig): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (deployKeyFile !== undefined) {
    const mode = await modeOf(deployKeyFile);
    findings.push(judgeKey(app, deployKeyFile, mode));
  }
  if (knownHosts && 'file' in knownHosts && (await modeOf(knownHosts.file)) === null)
    findings.push(
      fail(
        'repository',
        `${app}: there is no ${knownHosts.file}`,
        'Write the pinned host keys there: `ssh-keyscan HOST`, compared.',
      ),
    );
  return findings;
}

/** @param mode permission bits; null when there is no such file */
export function judgeKey(app: string, file: string, mode: number | null): Finding {
  if (mode === null)
    return fail(
      'repository',
      `${app}: there is no deploy key ${file}`,
      'Mend git.deployKeyFile in siskin.yaml.',
    );
  if (isExposed(mode, 'owner'))
    return fail('repository', `${app}: others may read the deploy key ${file}`, `Run: chmod 600 ${file}`);
  return ok('repository', `${app}: the deploy key is its owner's alone`);
}

const modeOf = (file: string): Promise<number | null> =>
  stat(file).then(
    (found) => (found.isFile() ? found.mode & 0o777 : null),
    () => null,
  );
