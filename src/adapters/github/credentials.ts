import { createAppAuth } from '@octokit/auth-app';
import type { Octokit } from '@octokit/core';
import { z } from 'zod';
import { fullName, type GithubRepository } from '../../domain/github/repository.ts';
import { idSchema } from './answers.ts';
import { endpoints, installationToken } from './endpoints.ts';
import { failureFrom } from './request-error.ts';

/** Who Siskin is on GitHub. */
export type GithubIdentity =
  | { kind: 'token'; token: string }
  /** `privateKey` is the PEM text. */
  | { kind: 'app'; id: number; privateKey: string; installationId?: number };

export interface IssuedToken {
  token: string;
  /** Epoch ms; null for one that says nothing of its end. */
  expiresAt: number | null;
}

/** Where the token for a repository comes from. */
export interface Credentials {
  /** @param fresh do not use one that was issued before @throws GithubFailure */
  token(repository: GithubRepository, fresh?: boolean): Promise<IssuedToken>;
}

export const fixedToken = (token: string): Credentials => ({
  token: () => Promise.resolve({ token, expiresAt: null }),
});

/** Time that a token must still have; a fetch of a large repository asks several times. */
const spareMs = 10 * 60_000;

const tokenSchema = z.object({ token: z.string().min(1), expiresAt: z.iso.datetime({ offset: true }) });

/**
 * A GitHub App's installation tokens, each good for an hour and kept until ten minutes before its end. The installation
 * is looked up by repository unless it is told.
 */
export class AppCredentials implements Credentials {
  readonly #octokit: Octokit;
  readonly #auth: ReturnType<typeof createAppAuth>;
  readonly #installations = new Map<string, string>();
  readonly #only: number | undefined;

  constructor(
    { id, privateKey, installationId }: Extract<GithubIdentity, { kind: 'app' }>,
    octokit: Octokit,
  ) {
    this.#octokit = octokit;
    this.#only = installationId;
    this.#auth = createAppAuth({ appId: id, privateKey, request: octokit.request, log: octokit.log });
  }

  async token(repository: GithubRepository, fresh = false): Promise<IssuedToken> {
    if (fresh) this.#installations.delete(fullName(repository));
    const installationId = Number(this.#only ?? (await this.#installation(repository)));
    const issued = await this.#issue(installationId, fresh, repository);
    if (issued.expiresAt - Date.now() > spareMs) return issued;
    return this.#issue(installationId, true, repository);
  }

  async #issue(installationId: number, refresh: boolean, repository: GithubRepository) {
    try {
      const answer = await this.#auth({ type: 'installation', installationId, refresh });
      const { token, expiresAt } = tokenSchema.parse(answer);
      return { token, expiresAt: Date.parse(expiresAt) };
    } catch (error) {
      throw failureFrom(error, installationToken, repository);
    }
  }

  async #installation(repository: GithubRepository): Promise<string> {
    const name = fullName(repository);
    const known = this.#installations.get(name);
    if (known !== undefined) return known;
    try {
      const { token } = await this.#auth({ type: 'app' });
      const headers = { authorization: `Bearer ${token}` };
      const { data } = await this.#octokit.request(endpoints.installation.route, { ...repository, headers });
      const { id } = z.object({ id: idSchema }).parse(data);
      this.#installations.set(name, id);
      return id;
    } catch (error) {
      throw failureFrom(error, endpoints.installation, repository);
    }
  }
}
