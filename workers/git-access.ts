import type { GitSourceOptions } from '../src/adapters/git/git-source.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';

type Credentials = NonNullable<GitSourceOptions['credentials']>;

/**
 * How repositories are reached, by their address in siskin.yaml.
 * @param installation gives a token for an https repository that has none in siskin.yaml, such as a GitHub App's; null
 *   for one that it knows nothing of. Asked before each network call
 */
export function gitAccess(
  config: Pick<SiskinConfig, 'apps'>,
  installation: Credentials = async () => null,
): Required<Pick<GitSourceOptions, 'access' | 'credentials'>> {
  const byRepository = new Map(config.apps.map(({ repository, git }) => [repository, git]));
  return {
    access: (repository) => byRepository.get(repository),
    credentials: async (repository) =>
      byRepository.get(repository)?.credentials ?? (await installation(repository)),
  };
}
