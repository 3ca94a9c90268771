import type {
  FakeCommitStatus,
  FakeDelivery,
  FakeDeployment,
  FakeDeploymentStatus,
  FakeHook,
  FakeRepository,
} from './state.ts';

/** Answers as GitHub writes them. @param api the API's address, for the links in them */
const links = [
  'avatar_url',
  'url',
  'html_url',
  'followers_url',
  'following_url',
  'gists_url',
  'starred_url',
  'subscriptions_url',
  'organizations_url',
  'repos_url',
  'events_url',
  'received_events_url',
];

export const userShape = (api: string) => ({
  login: 'siskin-bot',
  id: 7,
  node_id: 'MDQ6VXNlcjc=',
  gravatar_id: '',
  ...Object.fromEntries(links.map((name) => [name, `${api}/users/siskin-bot`])),
  type: 'User',
  site_admin: false,
});

export const hookShape = (hook: FakeHook, repository: string) => ({
  type: 'Repository',
  id: hook.id,
  name: 'web',
  active: hook.active,
  events: hook.events,
  // write-only: only whether there is one can be seen
  config: { ...hook.config, ...(hook.config.secret !== undefined && { secret: '********' }) },
  updated_at: hook.createdAt,
  created_at: hook.createdAt,
  url: `${repository}/hooks/${hook.id}`,
  test_url: `${repository}/hooks/${hook.id}/test`,
  ping_url: `${repository}/hooks/${hook.id}/pings`,
  deliveries_url: `${repository}/hooks/${hook.id}/deliveries`,
  last_response: { code: null, status: 'unused', message: null },
});

export const deliveryShape = (delivery: FakeDelivery) => ({
  id: delivery.id,
  guid: delivery.guid,
  delivered_at: delivery.deliveredAt,
  redelivery: delivery.redelivery,
  duration: delivery.duration,
  status: delivery.status,
  status_code: delivery.statusCode,
  event: delivery.event,
  action: null,
  installation_id: null,
  repository_id: 1,
  throttled_at: null,
});

export const deliveryDetailShape = (delivery: FakeDelivery, url: string) => ({
  ...deliveryShape(delivery),
  url,
  request: { headers: delivery.request.headers, payload: JSON.parse(delivery.request.payload) },
  response: delivery.response,
});

export const deploymentShape = (deployment: FakeDeployment, repository: string, api: string) => ({
  url: `${repository}/deployments/${deployment.id}`,
  id: deployment.id,
  node_id: `DE_${deployment.id}`,
  sha: deployment.sha,
  ref: deployment.ref,
  task: deployment.task,
  payload: deployment.payload,
  original_environment: deployment.environment,
  environment: deployment.environment,
  description: deployment.description,
  creator: userShape(api),
  created_at: deployment.createdAt,
  updated_at: deployment.createdAt,
  statuses_url: `${repository}/deployments/${deployment.id}/statuses`,
  repository_url: repository,
  transient_environment: deployment.transient,
  production_environment: deployment.production,
});

export const deploymentStatusShape = (
  status: FakeDeploymentStatus,
  deployment: FakeDeployment,
  repository: string,
  api: string,
) => ({
  url: `${repository}/deployments/${deployment.id}/statuses/${status.id}`,
  id: status.id,
  node_id: `DES_${status.id}`,
  state: status.state,
  creator: userShape(api),
  description: status.description,
  environment: status.environment,
  target_url: status.logUrl,
  created_at: status.createdAt,
  updated_at: status.createdAt,
  deployment_url: `${repository}/deployments/${deployment.id}`,
  repository_url: repository,
  environment_url: status.environmentUrl,
  log_url: status.logUrl,
});

export const commitStatusShape = (status: FakeCommitStatus, repository: string, api: string) => ({
  url: `${repository}/statuses/${status.sha}`,
  avatar_url: `${api}/avatar`,
  id: status.id,
  node_id: `SC_${status.id}`,
  state: status.state,
  description: status.description,
  target_url: status.targetUrl,
  context: status.context,
  created_at: status.createdAt,
  updated_at: status.createdAt,
  creator: userShape(api),
});

/** A repository has some fifty links; GitHub's templates of them. */
const repositoryLinks =
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments downloads events forks git_commits git_refs git_tags git hooks issue_comment issue_events issues keys labels languages merges milestones notifications pulls releases ssh stargazers statuses subscribers subscription svn tags teams trees clone html mirror'.split(
    ' ',
  );

export const repositoryShape = (repository: FakeRepository, url: string, api: string) => ({
  ...Object.fromEntries(repositoryLinks.map((name) => [`${name}_url`, `${url}/${name}`])),
  id: 1,
  node_id: 'R_1',
  name: repository.name.split('/')[1],
  full_name: repository.name,
  owner: userShape(api),
  private: repository.private,
  description: null,
  fork: false,
  url,
  homepage: null,
  language: null,
  ...{ forks: 0, forks_count: 0, stargazers_count: 0, watchers: 0, watchers_count: 0, size: 1 },
  ...{ open_issues: 0, open_issues_count: 0, subscribers_count: 0, network_count: 0 },
  ...{ default_branch: 'main', archived: false, disabled: false, license: null },
  ...{ has_issues: true, has_projects: true, has_wiki: false, has_pages: false, has_discussions: false },
  has_downloads: false,
  pushed_at: '2026-11-01T00:00:00Z',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-11-01T00:00:00Z',
});
