import type { WantedOnGithub } from '../../domain/github/wanted.ts';

type Part = Pick<WantedOnGithub, 'deployment' | 'status' | 'commit'>;

/** For what was made of the pushed commit, when the branch was found to be at another one. */
export function movedOn({ sha, deployment, status, commit }: WantedOnGithub): Part {
  const sentence = `The branch had moved on to ${sha.slice(0, 7)}`;
  const description = `${deployment.mark.deployment}: ${sentence}`;
  return {
    deployment,
    status: { ...status, state: 'inactive', description: sentence },
    commit: { ...commit, state: 'error', description },
  };
}

/** For one that succeeded, and is not what serves any more. @param by `d43` */
export const replaced = ({ deployment, status, commit }: WantedOnGithub, by: string): Part => ({
  deployment,
  status: { ...status, state: 'inactive', description: `${by} took its place` },
  commit,
});
