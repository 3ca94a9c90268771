import { isAbsolute } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/** An operator's repository address, told apart into what git gets in its arguments and what it must not. */
export interface RemoteRepository {
  /** Without user name and password when it is https. */
  url: string;
  /** The only protocol git may speak for it; the value of GIT_ALLOW_PROTOCOL. */
  protocol: 'https' | 'ssh' | 'file';
  credentials: { username: string; password: string } | null;
  /** Path of the configuration that ssh is to use instead of the user's and the system's. */
  sshConfig?: string;
}

/**
 * Reads the `repo` of siskin.yaml: `https://…`, `ssh://…`, `user@host:path`, `file:///…` or an absolute path.
 * @throws SiskinError SOURCE_REFUSED for every other form, so that git's own transports (`ext::`) and options are never reached
 */
export function parseRepository(repository: string): RemoteRepository {
  if (/[\p{Cc} ]/u.test(repository)) throw refused(repository, 'it has spaces or control characters in it');
  if (repository.startsWith('-')) throw refused(repository, 'it begins with a dash');
  if (isAbsolute(repository)) return { url: repository, protocol: 'file', credentials: null };
  const scheme = /^([a-z][a-z0-9+.-]*):(\/\/|:)/i.exec(repository)?.[1]?.toLowerCase();
  if (scheme === undefined) return scpLike(repository);
  if (scheme !== 'https' && scheme !== 'ssh' && scheme !== 'file')
    throw refused(repository, `"${scheme}" is not among https, ssh and file`);
  return fromUrl(repository, scheme);
}

/** `git@host:path`, where neither user nor host may look like an option of ssh (CVE-2017-1000117). */
function scpLike(repository: string): RemoteRepository {
  if (!/^(?:[\w][\w.-]*@)?[\w][\w.-]*:[^:-][^:]*$/.test(repository))
    throw refused(repository, 'it is neither a URL, nor user@host:path, nor an absolute path');
  return { url: repository, protocol: 'ssh', credentials: null };
}

function fromUrl(repository: string, protocol: RemoteRepository['protocol']): RemoteRepository {
  if (!URL.canParse(repository)) throw refused(repository, 'it is not a valid URL');
  const url = new URL(repository);
  if (/^-|%2d/i.test(url.hostname) || /^(-|%2d)/i.test(url.username) || /^\/*-/.test(url.pathname))
    throw refused(repository, 'a part of it begins with a dash');
  if (protocol === 'file') return { url: repository, protocol, credentials: null };
  if (url.hostname === '') throw refused(repository, 'it names no host');
  if (protocol === 'ssh') return { url: repository, protocol, credentials: null };
  const credentials = url.username || url.password ? credentialsOf(url) : null;
  url.username = '';
  url.password = '';
  return { url: url.href, protocol, credentials };
}

const credentialsOf = (url: URL) => ({
  username: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
});

const refused = (repository: string, why: string): SiskinError =>
  new SiskinError(
    'SOURCE_REFUSED',
    `the repository address ${withoutCredentials(repository)} is refused: ${why}`,
  );

/** For messages and logs: `https://user:secret@host` → `https://***@host`. */
export const withoutCredentials = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1***@').slice(0, 500);
