/** The repository as a push event names it: data from outside, compared and never used. */
export interface PushedRepository {
  fullName: string;
  cloneUrl: string;
  sshUrl: string;
  htmlUrl: string;
}

/**
 * Whether the operator's repository is the one a push came from. The payload's addresses are compared, never
 * used: what Siskin fetches from stands in the operator's file alone.
 * @param configured a URL, an scp-like address (`git@host:owner/name`) or a path
 */
export function repositoryMatches(configured: string, pushed: PushedRepository): boolean {
  const identity = networkIdentity(configured);
  if (identity === null) return pathMatches(configured, pushed.fullName);
  return [pushed.cloneUrl, pushed.sshUrl, pushed.htmlUrl].some((url) => networkIdentity(url) === identity);
}

/** `github.com/acme/shop` of any way to write it. @returns null for a path */
export function networkIdentity(address: string): string | null {
  const text = address.trim();
  const url = /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^:/]+)(?::\d+)?\/(.+)$/i.exec(text);
  const scpLike = url ? null : /^(?:[^@/:]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(text);
  const [, host, path] = url ?? scpLike ?? [];
  if (host === undefined || path === undefined) return null;
  return `${canonicalHost(host)}/${plainPath(path)}`.toLowerCase();
}

/** GitHub's SSH over the HTTPS port is the same GitHub. */
const canonicalHost = (host: string): string =>
  host.toLowerCase().replace(/^ssh\.github\.com$/, 'github.com');

const plainPath = (path: string): string => path.replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '');

/** A local mirror has no host: its last two folders name the repository, or its own folder does. */
function pathMatches(configured: string, fullName: string): boolean {
  const segments = plainPath(configured.trim().replace(/^file:\/\//i, ''))
    .toLowerCase()
    .split('/');
  const wanted = fullName.toLowerCase();
  const basename = segments.at(-1);
  if (basename === undefined || basename === '' || wanted === '') return false;
  return segments.slice(-2).join('/') === wanted || basename === wanted.split('/').at(-1);
}
