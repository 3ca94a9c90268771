import { Octokit } from '@octokit/core';
import type { z } from 'zod';
import { type GithubRepository, githubRepository } from '../../domain/github/repository.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { AppCredentials, type Credentials, fixedToken, type GithubIdentity } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import { GithubFailure } from './failure.ts';
import { failureFrom } from './request-error.ts';

export interface GithubApiOptions {
  /** Without trailing slash. */
  apiUrl: string;
  identity: GithubIdentity;
  /** For a whole request with its answer, in ms: Octokit itself has no limit. */
  timeoutMs?: number;
}

/** GitHub's REST API as far as Siskin uses it, for all repositories of one GitHub. */
export class GithubApi {
  readonly apiUrl: string;
  readonly credentials: Credentials;
  readonly #octokit: Octokit;

  constructor({ apiUrl, identity, timeoutMs = 10_000 }: GithubApiOptions) {
    this.apiUrl = apiUrl;
    this.#octokit = new Octokit({
      baseUrl: apiUrl,
      userAgent: 'siskin',
      log: silent,
      request: { fetch: boundedFetch(timeoutMs) },
    });
    this.credentials =
      identity.kind === 'token' ? fixedToken(identity.token) : new AppCredentials(identity, this.#octokit);
  }

  /** The repository of this address; null when it is on another host than this API's. */
  repository(address: string): GithubRepository | null {
    return githubRepository(address, this.apiUrl);
  }

  /**
   * Makes a request once; with an App's token that GitHub does not accept any more, once again with a new one.
   * @param parameters of the route, and what goes into query or body
   * @param schema what the answer must be; idSchema and others of answers.ts
   * @throws GithubFailure
   */
  async ask<Schema extends z.ZodType>(
    endpoint: Endpoint,
    repository: GithubRepository,
    parameters: Record<string, unknown>,
    schema: Schema,
    signal?: AbortSignal,
  ): Promise<z.output<Schema>> {
    const attempt = (fresh: boolean) =>
      this.#send(endpoint, repository, parameters, schema, signal, fresh).catch((error: unknown) => {
        throw failureFrom(error, endpoint, repository);
      });
    try {
      return await attempt(false);
    } catch (error) {
      const stale = error instanceof GithubFailure && error.status === 401;
      if (!stale || !(this.credentials instanceof AppCredentials)) throw error;
      return attempt(true);
    }
  }

  async #send<Schema extends z.ZodType>(
    { route }: Endpoint,
    repository: GithubRepository,
    parameters: Record<string, unknown>,
    schema: Schema,
    signal: AbortSignal | undefined,
    fresh: boolean,
  ): Promise<z.output<Schema>> {
    const { token } = await this.credentials.token(repository, fresh);
    const { data } = await this.#octokit.request(route, {
      ...repository,
      ...parameters,
      headers: { authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' },
      ...(signal && { request: { signal } }),
    });
    return schema.parse(data);
  }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
