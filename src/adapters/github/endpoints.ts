/** A request of GitHub's REST API: what it is for, in words that end "… acme/shop", and which permission it needs. */
export interface Endpoint {
  route: string;
  does: string;
  /** As a fine-grained token's and an App's settings call it. */
  permission: string;
}

const repository = '/repos/{owner}/{repo}';
const hook = `${repository}/hooks/{hook_id}`;
const webhooks = 'Webhooks: read and write';
const deployments = 'Deployments: read and write';
const statuses = 'Commit statuses: read and write';

/** Every request that Siskin makes; test/support/fake-github holds each against GitHub's OpenAPI description. */
export const endpoints = {
  repository: { route: `GET ${repository}`, does: 'look at', permission: 'Metadata: read' },
  listHooks: { route: `GET ${repository}/hooks`, does: 'list the webhooks of', permission: webhooks },
  createHook: { route: `POST ${repository}/hooks`, does: 'create a webhook of', permission: webhooks },
  updateHook: { route: `PATCH ${hook}`, does: 'change the webhook of', permission: webhooks },
  pingHook: { route: `POST ${hook}/pings`, does: 'ping the webhook of', permission: webhooks },
  listDeliveries: {
    route: `GET ${hook}/deliveries`,
    does: 'list the deliveries of the webhook of',
    permission: webhooks,
  },
  delivery: {
    route: `GET ${hook}/deliveries/{delivery_id}`,
    does: 'read a delivery of the webhook of',
    permission: webhooks,
  },
  redeliver: {
    route: `POST ${hook}/deliveries/{delivery_id}/attempts`,
    does: 'redeliver to the webhook of',
    permission: webhooks,
  },
  listDeployments: {
    route: `GET ${repository}/deployments`,
    does: 'list the deployments of',
    permission: deployments,
  },
  createDeployment: {
    route: `POST ${repository}/deployments`,
    does: 'create a deployment of',
    permission: deployments,
  },
  listDeploymentStatuses: {
    route: `GET ${repository}/deployments/{deployment_id}/statuses`,
    does: "list a deployment's statuses of",
    permission: deployments,
  },
  createDeploymentStatus: {
    route: `POST ${repository}/deployments/{deployment_id}/statuses`,
    does: "set a deployment's status of",
    permission: deployments,
  },
  listCommitStatuses: {
    route: `GET ${repository}/commits/{ref}/statuses`,
    does: 'list commit statuses of',
    permission: statuses,
  },
  createCommitStatus: {
    route: `POST ${repository}/statuses/{sha}`,
    does: 'set a commit status of',
    permission: statuses,
  },
  installation: {
    route: `GET ${repository}/installation`,
    does: "find the App's installation for",
    permission: 'to be installed for this repository',
  },
} as const satisfies Record<string, Endpoint>;

/** Asked by @octokit/auth-app itself. */
export const installationToken: Endpoint = {
  route: 'POST /app/installations/{installation_id}/access_tokens',
  does: 'get a token of the App for',
  permission: 'to be installed for this repository',
};
