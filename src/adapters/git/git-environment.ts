import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteRepository } from './repository-url.ts';

/** What git and ssh may inherit from the host: how to find programs, keys, proxies, certificates. */
const inherited = [
  'PATH',
  'HOME',
  'SSH_AUTH_SOCK',
  'TMPDIR',
  'SSL_CERT_FILE',
  'GIT_SSL_CAINFO',
  'https_proxy',
  'HTTPS_PROXY',
  'no_proxy',
  'NO_PROXY',
  'all_proxy',
  'ALL_PROXY',
] as const;

/** Stands in for the user's and the system's configuration, which are not read. */
const configuration = `# Written by Siskin at every start: its git reads no other configuration.
[core]
	hooksPath = /dev/null
	attributesFile = /dev/null
	fsmonitor = false
	# larger blobs are streamed to disk, never held in memory as a whole, and not unpacked from deltas
	bigFileThreshold = 32m
[init]
	templateDir =
	defaultBranch = main
[credential]
	helper =
[protocol]
	version = 2
	allow = never
[http]
	# a host that the operator did not name is never asked
	followRedirects = false
	lowSpeedLimit = 1000
	lowSpeedTime = 30
[fetch]
	recurseSubmodules = false
[submodule]
	recurse = false
[gc]
	auto = 0
[maintenance]
	auto = false
[safe]
	# mirrors on a volume, and local repositories that siskin.yaml names, may belong to another user
	directory = *
`;

/**
 * Writes Siskin's git configuration below its data directory.
 * @returns the path, for GIT_CONFIG_GLOBAL
 */
export async function writeConfiguration(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'gitconfig');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, configuration);
  await rename(draft, path);
  return path;
}

/**
 * The whole environment of a git process (git(1), "Environment Variables").
 * @param host what Siskin itself was started with
 * @param remote absent when git needs no network; then every protocol is off
 */
export function gitEnvironment(
  host: Record<string, string | undefined>,
  paths: { configuration: string; mirror: string },
  remote?: RemoteRepository,
): Record<string, string> {
  const kept = inherited.flatMap((name) => (host[name] === undefined ? [] : [[name, host[name]]]));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    LC_ALL: 'C',
    GIT_DIR: paths.mirror,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: paths.configuration,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: remote?.protocol ?? 'none',
    ...ssh(remote),
    ...authorization(remote),
  };
}

/** git hands the command to a shell: it is a constant, and the path comes in by a variable. */
const ssh = (remote: RemoteRepository | undefined): Record<string, string> =>
  remote?.sshConfig === undefined
    ? { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15' }
    : {
        GIT_SSH_COMMAND: 'ssh -F "$SISKIN_SSH_CONFIG"',
        GIT_SSH_VARIANT: 'ssh',
        SISKIN_SSH_CONFIG: remote.sshConfig,
      };

/** In the environment, where other users do not see it as they would see arguments; sent to the named host only. */
function authorization(remote: RemoteRepository | undefined): Record<string, string> {
  if (!remote?.credentials) return {};
  const { username, password } = remote.credentials;
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${new URL(remote.url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  };
}

/** The names above that simple-git would otherwise take out of the environment. */
export const guardedNames = (environment: Record<string, string>): string[] =>
  Object.keys(environment).filter((name) => name.startsWith('GIT_'));
