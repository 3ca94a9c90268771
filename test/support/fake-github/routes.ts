import type { Call } from './call.ts';
import {
  createCommitStatus,
  createDeployment,
  createDeploymentStatus,
  listCommitStatuses,
  listDeploymentStatuses,
  listDeployments,
} from './routes-deployments.ts';
import {
  createHook,
  getDelivery,
  listDeliveries,
  listHooks,
  pingHook,
  redeliverDelivery,
  updateHook,
} from './routes-hooks.ts';
import { repositoryShape } from './shapes.ts';
import type { FakeAnswer, Permission } from './state.ts';

export interface Route {
  needs: Permission;
  answer(call: Call): FakeAnswer;
}

const repository = '/repos/{owner}/{repo}';
const hook = `${repository}/hooks/{hook_id}`;
const deployments = `${repository}/deployments`;

/** What a token can ask, by GitHub's own names of its requests. */
export const routes: Record<string, Route> = {
  [`GET ${repository}`]: {
    needs: 'metadata',
    answer: ({ repository: its, repositoryUrl, api }) => ({
      status: 200,
      body: repositoryShape(its, repositoryUrl, api),
    }),
  },
  [`GET ${repository}/hooks`]: { needs: 'repository_hooks', answer: listHooks },
  [`POST ${repository}/hooks`]: { needs: 'repository_hooks', answer: createHook },
  [`PATCH ${hook}`]: { needs: 'repository_hooks', answer: updateHook },
  [`POST ${hook}/pings`]: { needs: 'repository_hooks', answer: pingHook },
  [`GET ${hook}/deliveries`]: { needs: 'repository_hooks', answer: listDeliveries },
  [`GET ${hook}/deliveries/{delivery_id}`]: { needs: 'repository_hooks', answer: getDelivery },
  [`POST ${hook}/deliveries/{delivery_id}/attempts`]: {
    needs: 'repository_hooks',
    answer: redeliverDelivery,
  },
  [`GET ${deployments}`]: { needs: 'deployments', answer: listDeployments },
  [`POST ${deployments}`]: { needs: 'deployments', answer: createDeployment },
  [`GET ${deployments}/{deployment_id}/statuses`]: { needs: 'deployments', answer: listDeploymentStatuses },
  [`POST ${deployments}/{deployment_id}/statuses`]: { needs: 'deployments', answer: createDeploymentStatus },
  [`GET ${repository}/commits/{ref}/statuses`]: { needs: 'statuses', answer: listCommitStatuses },
  [`POST ${repository}/statuses/{sha}`]: { needs: 'statuses', answer: createCommitStatus },
};
