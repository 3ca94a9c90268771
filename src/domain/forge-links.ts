import { shaPattern } from './names.ts';

/**
 * Where a person can look at a commit. GitHub, Gitea and Forgejo have it under `/commit/`, GitLab under `/-/commit/`,
 * Bitbucket under `/commits/`.
 * @param repository the operator's: `https://host/owner/name.git`, `ssh://git@host/…` or `git@host:owner/name`
 * @returns null for a path, or an address that is no web host's
 */
export function commitUrl(repository: string, sha: string): string | null {
  const place = placeOf(repository);
  if (place === null || !shaPattern.test(sha)) return null;
  return `https://${place.host}/${place.path}/${folderOf(place.host)}/${sha}`;
}

/** A pusher's page, where the repository is on GitHub itself. */
export function githubProfileUrl(repository: string, login: string): string | null {
  const isLogin = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/.test(login);
  return isLogin && placeOf(repository)?.host === 'github.com' ? `https://github.com/${login}` : null;
}

function placeOf(repository: string): { host: string; path: string } | null {
  const url = /^(?:https|ssh):\/\/(?:[^@/]*@)?([^:/]+)(?::\d+)?\/(.+)$/i.exec(repository);
  const scpLike = url ? null : /^[^@/:]+@([^:/]+):(?!\/)(.+)$/.exec(repository);
  const [, name = '', rest = ''] = url ?? scpLike ?? [];
  const host = name.toLowerCase().replace(/^ssh\.github\.com$/, 'github.com');
  const path = rest.replace(/\/+$/, '').replace(/\.git$/i, '');
  const fits =
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) && /^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)+$/.test(path);
  return fits && !/(^|\/)\.\.?(\/|$)/.test(path) ? { host, path } : null;
}

const folderOf = (host: string): string =>
  host.includes('gitlab') ? '-/commit' : host.includes('bitbucket') ? 'commits' : 'commit';
