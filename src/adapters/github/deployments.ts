import { z } from 'zod';
import type { GithubRepository } from '../../domain/github/repository.ts';
import { type DeploymentMark, deploymentNumber, type WantedOnGithub } from '../../domain/github/wanted.ts';
import { anything, createdSchema, deploymentStatusesSchema, deploymentsSchema } from './answers.ts';
import type { GithubApi } from './api.ts';
import { endpoints } from './endpoints.ts';

/** A deployment on GitHub that is one of Siskin's. */
export interface OurDeployment {
  /** GitHub's. */
  id: string;
  sha: string;
  mark: DeploymentMark;
}

const markSchema = z.object({
  siskin: z.object({
    deployment: z.string().regex(/^d\d{1,15}$/),
    app: z.string(),
    environment: z.string(),
    createdAt: z.string(),
    instance: z.string().nullable(),
  }),
});

/** The Deployments API (REST, "Deployments" and "Deployment statuses"), for one repository. All throw GithubFailure. */
export class GithubDeployments {
  readonly #api: GithubApi;
  readonly #repository: GithubRepository;
  readonly #signal: AbortSignal;

  constructor(api: GithubApi, repository: GithubRepository, signal: AbortSignal) {
    this.#api = api;
    this.#repository = repository;
    this.#signal = signal;
  }

  /** The one that tells of this Siskin deployment at this commit, and was perhaps made just before a crash. */
  async find({ sha, deployment }: WantedOnGithub): Promise<OurDeployment | undefined> {
    const { environment, mark } = deployment;
    const ours = await this.#list({ sha, environment, per_page: 100 });
    return ours.find((one) => isSame(one.mark, mark) && one.sha === sha);
  }

  /** @returns GitHub's id */
  async create({ sha, deployment }: WantedOnGithub): Promise<string> {
    const { environment, production, description, mark } = deployment;
    const { id } = await this.#ask('createDeployment', createdSchema, {
      ref: sha,
      task: 'deploy',
      // true is GitHub's default: it would merge the default branch into what is deployed
      auto_merge: false,
      // what may be deployed is decided by the push and the canary, not by GitHub's checks
      required_contexts: [],
      payload: { siskin: mark },
      environment,
      description,
      transient_environment: false,
      production_environment: production,
    });
    return id;
  }

  /** Makes this the deployment's status, unless it is already. */
  async say(
    id: string,
    { deployment, status }: Pick<WantedOnGithub, 'deployment' | 'status'>,
  ): Promise<void> {
    const { state, description, environmentUrl, logUrl } = status;
    const now = await this.#status(id);
    if (now?.state === state && (now.description === description || state === 'inactive')) return;
    await this.#ask('createDeploymentStatus', anything, {
      deployment_id: id,
      state,
      description,
      environment: deployment.environment,
      // GitHub's own rule skips production, and takes back other tools' deployments too: the channel does it itself
      auto_inactive: false,
      ...(environmentUrl !== null && { environment_url: environmentUrl }),
      ...(logUrl !== null && { log_url: logUrl }),
    });
  }

  /** Those of ours for the same environment that GitHub shows as active, of the ten newest. */
  async active(
    { environment, mark }: WantedOnGithub['deployment'],
    { onlyNewer = false } = {},
  ): Promise<OurDeployment[]> {
    const ours = await this.#list({ environment, per_page: 100 });
    const others = ours.filter(
      (one) =>
        one.mark.app === mark.app &&
        one.mark.environment === mark.environment &&
        !isSame(one.mark, mark) &&
        (!onlyNewer || isNewer(one.mark, mark)),
    );
    const active: OurDeployment[] = [];
    for (const one of others.slice(0, 10))
      if ((await this.#status(one.id))?.state === 'success') active.push(one);
    return active;
  }

  /** The newest. */
  async #status(id: string) {
    const parameters = { deployment_id: id, per_page: 100 };
    const statuses = await this.#ask('listDeploymentStatuses', deploymentStatusesSchema, parameters);
    return statuses.reduce<(typeof statuses)[number] | undefined>(
      (newest, one) => (newest === undefined || BigInt(one.id) > BigInt(newest.id) ? one : newest),
      undefined,
    );
  }

  async #list(filter: Record<string, unknown>): Promise<OurDeployment[]> {
    const all = await this.#ask('listDeployments', deploymentsSchema, { task: 'deploy', ...filter });
    return all.flatMap(({ id, sha, payload }) => {
      const parsed = markSchema.safeParse(payload);
      return parsed.success ? [{ id, sha, mark: parsed.data.siskin }] : [];
    });
  }

  #ask<Schema extends z.ZodType>(
    name: keyof typeof endpoints,
    schema: Schema,
    parameters: Record<string, unknown>,
  ): Promise<z.output<Schema>> {
    return this.#api.ask(endpoints[name], this.#repository, parameters, schema, this.#signal);
  }
}

const isSame = (one: DeploymentMark, other: DeploymentMark): boolean =>
  deploymentNumber(one.deployment) === deploymentNumber(other.deployment) &&
  one.createdAt === other.createdAt &&
  one.app === other.app &&
  one.environment === other.environment;

/** By the time it was asked for; ISO 8601 in UTC, so their order is that of the text. */
export const isNewer = (one: DeploymentMark, other: DeploymentMark): boolean =>
  one.createdAt > other.createdAt;
