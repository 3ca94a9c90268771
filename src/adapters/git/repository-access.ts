import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { isExposed, modeText } from '../../domain/file-mode.ts';
import type { MirrorHome } from './mirror.ts';
import { parseRepository, type RemoteRepository } from './repository-url.ts';
import { writeSshConfig } from './ssh-config.ts';

/** How a repository is reached, as the operator says; by its address in siskin.yaml. */
export interface RepositoryAccess {
  /** Absolute path of an unencrypted private key that Siskin's user alone may read. */
  deployKeyFile?: string;
  /** The only host keys that are believed: the absolute path of a file, or its lines. */
  knownHosts?: { file: string } | { lines: readonly string[] };
  /** Hosts that submodules in build contexts may be on besides the repository's own; false: they are left out. */
  submodules?: false | { hosts: readonly string[] };
  /** Whether Git LFS pointers in build contexts become the files that they stand for. */
  lfs?: boolean;
}

/** User name and password (or token) for an https repository; null when it needs none. */
export type CredentialsOf = (repository: string) => Promise<RemoteRepository['credentials']>;

export interface AccessOptions {
  access: (repository: string) => RepositoryAccess | undefined;
  credentials: CredentialsOf;
}

/**
 * Everything that one network call needs. Asked anew before each, for tokens expire and keys are replaced.
 * @param owner the address in siskin.yaml whose key and credentials are used: `address` itself, or for a submodule the
 *   app's repository. They are left out when the two are not on the same host
 * @throws SiskinError SOURCE_REFUSED, DEPLOY_KEY_UNUSABLE, or what `credentials` throws
 */
export async function reachRepository(
  address: string,
  owner: string,
  home: MirrorHome,
  options: AccessOptions,
): Promise<RemoteRepository> {
  const remote = parseRepository(address);
  const own = address === owner || isSameHost(remote, parseRepository(owner));
  if (remote.protocol === 'ssh') return await withKey(remote, own, options.access(owner) ?? {}, home);
  if (remote.protocol !== 'https' || remote.credentials || !own) return remote;
  return { ...remote, credentials: await options.credentials(owner) };
}

async function withKey(
  remote: RemoteRepository,
  own: boolean,
  { deployKeyFile, knownHosts }: RepositoryAccess,
  home: MirrorHome,
): Promise<RemoteRepository> {
  if (!knownHosts) return remote;
  if (own && deployKeyFile !== undefined) await assertUsable(deployKeyFile);
  // another host than the key is for is offered no key at all
  const key = deployKeyFile === undefined ? 'agent' : own ? { file: deployKeyFile } : 'none';
  return { ...remote, sshConfig: await writeSshConfig(home.folder, knownHosts, key) };
}

/** ssh would ignore a key that others may read, and say no more than that the server refused it. */
async function assertUsable(file: string): Promise<void> {
  const unusable = (why: string) =>
    new SiskinError('DEPLOY_KEY_UNUSABLE', `the deploy key ${file} cannot be used: ${why}`);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw unusable('there is no such file');
  if (isExposed(found.mode, 'owner'))
    throw unusable(`others than its owner may read it (mode ${modeText(found.mode)})`);
  await access(file, constants.R_OK).catch(() => {
    throw unusable("Siskin's user may not read it");
  });
}

/** The same machine; with the same protocol also the same port. */
export function isSameHost(a: RemoteRepository, b: RemoteRepository): boolean {
  const [one, other] = [hostOf(a), hostOf(b)];
  if (one === undefined || other === undefined || one.name !== other.name) return false;
  return a.protocol !== b.protocol || one.port === other.port;
}

/** The host that an https or ssh address names; undefined for a path. */
export function hostOf({ url, protocol }: RemoteRepository): { name: string; port: string } | undefined {
  if (protocol === 'file') return undefined;
  if (!url.includes('://'))
    return { name: (/^(?:[^@]*@)?([^:]+):/.exec(url)?.[1] ?? '').toLowerCase(), port: '22' };
  const { hostname, port } = new URL(url);
  return { name: hostname.toLowerCase(), port: port || (protocol === 'ssh' ? '22' : '443') };
}
