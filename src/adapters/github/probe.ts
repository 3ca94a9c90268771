import type { GithubRepository } from '../../domain/github/repository.ts';
import { anything, repositorySchema } from './answers.ts';
import type { GithubApi } from './api.ts';
import { endpoints } from './endpoints.ts';
import { GithubFailure } from './failure.ts';

/** No commit has this id. */
const nothing = '0'.repeat(40);

/**
 * Whether GitHub would take what Siskin tells it. No request of its API says what a token may do, so it is asked for what
 * cannot be done: a status for a commit that is none. Who may do it is answered 422, who may not 403 or 404.
 * @returns what it refuses, none when all is well @throws GithubFailure when it does not answer
 */
export async function refusalsOf(
  api: GithubApi,
  repository: GithubRepository,
  wanted: { deployments: boolean; statuses: boolean },
): Promise<GithubFailure[]> {
  await api.ask(endpoints.repository, repository, {}, repositorySchema);
  const probes = [
    ...(wanted.deployments
      ? [() => api.ask(endpoints.createDeployment, repository, deploymentOfNothing, anything)]
      : []),
    ...(wanted.statuses
      ? [() => api.ask(endpoints.createCommitStatus, repository, statusOfNothing, anything)]
      : []),
  ];
  const refusals: GithubFailure[] = [];
  for (const probe of probes) {
    try {
      await probe();
    } catch (error) {
      if (!(error instanceof GithubFailure) || !error.needsPerson) throw error;
      if (error.status !== 422) refusals.push(error);
    }
  }
  return refusals;
}

const deploymentOfNothing = { ref: nothing, auto_merge: false, required_contexts: [] };
const statusOfNothing = { sha: nothing, state: 'pending', context: 'siskin/doctor' };
