const example = 'such as https://github.com/acme/shop.git or git@github.com:acme/shop.git';
export const repositoryExpected = `the repository's address, ${example}`;

/**
 * What is wrong with the operator's `repo`: https://, ssh://, user@host:path, file:/// or an absolute path are right.
 * The address itself is never part of the message, for it may hold a password.
 * @returns undefined when it is right
 */
export function repositoryProblem(address: string): string | undefined {
  if (address.length > 1024) return 'is longer than 1024 characters';
  if (/[\s\p{Cc}]/u.test(address)) return 'has a space or control character, which no address has';
  if (address.startsWith('-')) return 'begins with a dash, which git would read as an option';
  if (/^[A-Za-z0-9+.-]*::/.test(address))
    return `names a git transport helper, which is refused: write an address ${example}`;
  if (address.startsWith('/')) return pathProblem(address);
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(address) ?? [];
  if (scheme === undefined || rest === undefined) return scpLikeProblem(address);
  if (scheme === 'https') return httpsProblem(rest);
  if (scheme === 'ssh') return sshProblem(rest);
  if (scheme === 'file')
    return rest.startsWith('/') ? pathProblem(rest) : 'must have three slashes: file:///srv/git/shop.git';
  if (scheme === 'http') return 'must use https://, for http can be read and changed on its way';
  return `must begin with https://, ssh://, file:/// or be user@host:path or an absolute path, ${example}`;
}

const host = /^(?!-)[A-Za-z0-9.-]{1,253}(:\d{1,5})?$|^\[[0-9A-Fa-f:]{2,45}\](:\d{1,5})?$/;
const user = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
const path = /^[A-Za-z0-9._~%+@/-]+$/;

function httpsProblem(rest: string): string | undefined {
  const [authority = '', ...segments] = rest.split('/');
  if (authority.includes('@'))
    return 'has a user or password in it, which would end up in logs: write a token as git.token, or use a deploy key';
  if (!host.test(authority)) return `has an odd host name: write an address ${example}`;
  return remotePathProblem(segments.join('/'));
}

function sshProblem(rest: string): string | undefined {
  const [authority = '', ...segments] = rest.split('/');
  const [name, address] = authority.includes('@') ? authority.split('@', 2) : [undefined, authority];
  if (name?.includes(':')) return 'has a password in it: ssh uses keys, so write ssh://git@host/path';
  if (name !== undefined && !user.test(name)) return 'has an odd user name: write ssh://git@host/path';
  if (!host.test(address ?? '') || authority.split('@').length > 2)
    return 'has an odd host name: write ssh://git@host/path';
  return remotePathProblem(segments.join('/'));
}

function scpLikeProblem(address: string): string | undefined {
  const [, name = '', address2 = '', rest = ''] = /^([^@/:]+)@([^:/]+):(.*)$/.exec(address) ?? [];
  if (!user.test(name) || !host.test(address2)) return `must be ${repositoryExpected}`;
  return remotePathProblem(rest);
}

const remotePathProblem = (rest: string): string | undefined =>
  path.test(rest) && !rest.startsWith('-') && !rest.split('/').includes('..')
    ? undefined
    : `must end in the repository's path without ? # or .., ${example}`;

const pathProblem = (address: string): string | undefined =>
  address.length > 1 && !address.split('/').some((segment) => segment === '..' || segment === '.')
    ? undefined
    : 'must be an absolute path without . or .. in it';
