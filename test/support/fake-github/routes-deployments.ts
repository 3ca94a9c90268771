import { z } from 'zod';
import type { Call } from './call.ts';
import { commitStatusShape, deploymentShape, deploymentStatusShape } from './shapes.ts';
import { type FakeAnswer, type FakeDeployment, invalid, notFound } from './state.ts';

const newDeployment = z.object({
  ref: z.string(),
  task: z.string().default('deploy'),
  auto_merge: z.boolean().default(true),
  required_contexts: z.array(z.string()).optional(),
  payload: z.unknown().default(''),
  environment: z.string().default('production'),
  description: z.string().nullable().default(''),
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});

export function listDeployments({ repository, query, repositoryUrl, api }: Call): FakeAnswer {
  const fits = (one: FakeDeployment) =>
    (['sha', 'ref', 'task', 'environment'] as const).every((name) => {
      const wanted = query.get(name);
      return wanted === null || wanted === 'none' || wanted === one[name];
    });
  const page = repository.deployments.filter(fits).reverse().slice(0, perPage(query));
  return { status: 200, body: page.map((one) => deploymentShape(one, repositoryUrl, api)) };
}

/** With GitHub's defaults: what Siskin must not leave out fails here as it would there. */
export function createDeployment({ repository, body, repositoryUrl, api, nextId }: Call): FakeAnswer {
  const wanted = newDeployment.parse(body);
  if (!hasCommit(repository.commits, wanted.ref)) return refusal(422, `No ref found for: ${wanted.ref}`);
  if (wanted.auto_merge)
    return { status: 202, body: { message: 'Auto-merged main into the ref on deployment.' } };
  const unproved = repository.commitStatuses.some((one) => one.sha === wanted.ref && one.state !== 'success');
  if (wanted.required_contexts === undefined && unproved)
    return refusal(409, 'Conflict: Commit status checks failed.');
  const deployment: FakeDeployment = {
    id: nextId(),
    sha: wanted.ref,
    ref: wanted.ref,
    task: wanted.task,
    payload: wanted.payload,
    environment: wanted.environment,
    description: wanted.description,
    production: wanted.production_environment ?? wanted.environment === 'production',
    transient: wanted.transient_environment,
    createdAt: new Date().toISOString(),
    statuses: [],
  };
  repository.deployments.push(deployment);
  return { status: 201, body: deploymentShape(deployment, repositoryUrl, api) };
}

export function listDeploymentStatuses({ repository, params, query, repositoryUrl, api }: Call): FakeAnswer {
  const deployment = find(repository.deployments, params.deployment_id);
  if (!deployment) return notFound;
  const page = deployment.statuses.toReversed().slice(0, perPage(query));
  return { status: 200, body: page.map((one) => deploymentStatusShape(one, deployment, repositoryUrl, api)) };
}

const newStatus = z.object({
  state: z.string(),
  log_url: z.string().default(''),
  description: z.string().default(''),
  environment: z.string().optional(),
  environment_url: z.string().default(''),
  auto_inactive: z.boolean().default(true),
});

export function createDeploymentStatus(call: Call): FakeAnswer {
  const { repository, params, body, repositoryUrl, api, nextId } = call;
  const deployment = find(repository.deployments, params.deployment_id);
  if (!deployment) return notFound;
  const wanted = newStatus.parse(body);
  const refused = refuseText('DeploymentStatus', wanted.description);
  if (refused) return refused;
  const status = {
    id: nextId(),
    state: wanted.state,
    description: wanted.description,
    environment: wanted.environment ?? deployment.environment,
    environmentUrl: wanted.environment_url,
    logUrl: wanted.log_url,
    createdAt: new Date().toISOString(),
  };
  deployment.statuses.push(status);
  if (wanted.state === 'success' && wanted.auto_inactive) retirePrior(call, deployment);
  return { status: 201, body: deploymentStatusShape(status, deployment, repositoryUrl, api) };
}

/** Prior non-transient, non-production deployments of the same environment that had a success ("auto_inactive"). */
function retirePrior({ repository, nextId }: Call, deployment: FakeDeployment): void {
  for (const prior of repository.deployments) {
    const last = prior.statuses.at(-1);
    if (prior.id >= deployment.id || prior.environment !== deployment.environment) continue;
    if (prior.transient || prior.production || last?.state !== 'success') continue;
    prior.statuses.push({ ...last, id: nextId(), state: 'inactive', description: '' });
  }
}

export function listCommitStatuses({ repository, params, query, repositoryUrl, api }: Call): FakeAnswer {
  const page = repository.commitStatuses.filter(({ sha }) => sha === params.ref).reverse();
  const body = page.slice(0, perPage(query)).map((one) => commitStatusShape(one, repositoryUrl, api));
  return { status: 200, body };
}

const newCommitStatus = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  target_url: z.string().nullable().default(null),
  description: z.string().nullable().default(null),
  context: z.string().default('default'),
});

export function createCommitStatus({
  repository,
  params,
  body,
  repositoryUrl,
  api,
  nextId,
}: Call): FakeAnswer {
  const { sha = '' } = params;
  if (!hasCommit(repository.commits, sha)) return refusal(422, `No commit found for SHA: ${sha}`);
  const { state, target_url: targetUrl, description, context } = newCommitStatus.parse(body);
  const refused = refuseText('Status', description ?? '');
  if (refused) return refused;
  const same = repository.commitStatuses.filter((one) => one.sha === sha && one.context === context);
  if (same.length >= 1_000)
    return invalid('Status', 'base', 'This SHA and context has reached the maximum number of statuses.');
  const createdAt = new Date().toISOString();
  const status = { id: nextId(), sha, state, context, description, targetUrl, createdAt };
  repository.commitStatuses.push(status);
  return { status: 201, body: commitStatusShape(status, repositoryUrl, api) };
}

function refuseText(resource: string, description: string): FakeAnswer | null {
  if (description.length > 140)
    return invalid(resource, 'description', 'description is too long (maximum is 140 characters)');
  return /[\u{10000}-\u{10ffff}]/u.test(description)
    ? invalid(resource, 'description', "description doesn't accept 4-byte Unicode")
    : null;
}

const refusal = (status: number, message: string): FakeAnswer => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
});

const hasCommit = (commits: Set<string> | null, sha: string): boolean =>
  !/^0+$/.test(sha) && (commits === null || commits.has(sha));
const find = (deployments: FakeDeployment[], id: string | undefined) =>
  deployments.find((one) => String(one.id) === id);
const perPage = (query: URLSearchParams): number => Math.min(100, Number(query.get('per_page') ?? 30));
