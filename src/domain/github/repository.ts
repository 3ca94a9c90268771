import { networkIdentity } from '../repository-identity.ts';

/** `acme/shop`, in small letters: GitHub does not tell them from capitals. */
export interface GithubRepository {
  owner: string;
  repo: string;
}

/**
 * The repository that an address names on the GitHub of this API.
 * @param address the operator's, in any form that git takes
 * @returns null when it is elsewhere: that GitHub is then not asked about it
 */
export function githubRepository(address: string, apiUrl: string): GithubRepository | null {
  const [host, owner, repo, ...more] = networkIdentity(address)?.split('/') ?? [];
  if (host !== hostOfApi(apiUrl) || owner === undefined || repo === undefined || more.length > 0) return null;
  return /^[a-z0-9_-]+$/.test(owner) && /^[a-z0-9._-]+$/.test(repo) ? { owner, repo } : null;
}

/** The host of repositories: `github.com` for `https://api.github.com`, GitHub Enterprise Server's own for `…/api/v3`. */
export function hostOfApi(apiUrl: string): string {
  const host = new URL(apiUrl).hostname;
  const cloud = host === 'api.github.com' || /^api\.[^.]+\.ghe\.com$/.test(host);
  return cloud ? host.slice('api.'.length) : host;
}

export const fullName = ({ owner, repo }: GithubRepository): string => `${owner}/${repo}`;
