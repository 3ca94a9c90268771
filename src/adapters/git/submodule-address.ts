import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { hostOf, isSameHost } from './repository-access.ts';
import { parseRepository } from './repository-url.ts';
import { show } from './tree.ts';

/**
 * The address of a submodule. The repository wrote it, so nothing but https and ssh to a host is left of it.
 * @param written `url` in .gitmodules; one that begins with `./` or `../` is relative to the repository's own address
 * @param repository the address of the repository that has the submodule
 * @param path of the submodule, for messages
 * @throws SiskinError SUBMODULE_REFUSED
 */
export function submoduleAddress(written: string, repository: string, path: string): string {
  const refused = (why: string) =>
    new SiskinError(
      'SUBMODULE_REFUSED',
      `the submodule ${show(path)} has the address ${show(written)}, which ${why}`,
    );
  const address = /^\.\.?\//.test(written) ? relativeTo(repository, written) : written;
  if (address === undefined)
    throw refused('leads out of the host or is relative to a folder of this machine');
  if (address.length > 1024 || !/^[\x21-\x7e]+$/.test(address))
    throw refused('has odd characters or is too long');
  try {
    const { protocol, credentials } = parseRepository(address);
    if (protocol === 'file') throw refused('is a path of this machine');
    if (credentials) throw refused('has a user or password in it');
  } catch (error) {
    if (error instanceof SiskinError && error.code === 'SUBMODULE_REFUSED') throw error;
    throw refused('is neither https:// nor ssh:// nor user@host:path');
  }
  return address;
}

/**
 * The operator, not the repository, says which hosts Siskin reaches: else a commit could make it ask a machine of the
 * network that it stands in.
 * @param address of submoduleAddress @param repository of the app @param hosts besides the one of the app's repository
 * @throws SiskinError SUBMODULE_REFUSED
 */
export function assertHostAllowed(address: string, repository: string, hosts: readonly string[]): void {
  const remote = parseRepository(address);
  const name = hostOf(remote)?.name ?? '';
  if (isSameHost(remote, parseRepository(repository)) || hosts.includes(name)) return;
  throw new SiskinError(
    'SUBMODULE_REFUSED',
    `a submodule is at ${show(name)}, which git.submodules.hosts of siskin.yaml does not name`,
  );
}

/** As git does: each `../` takes a part off the end. @returns undefined when nothing would be left */
function relativeTo(repository: string, written: string): string | undefined {
  const [, head = '', path = ''] =
    /^((?:https|ssh):\/\/[^/]+\/)(.*)$/i.exec(repository) ?? /^([^/:]+:)([^/].*)$/.exec(repository) ?? [];
  if (head === '') return undefined;
  const parts = path.split('/').filter((part) => part !== '');
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : `${head}${parts.join('/')}`;
}
