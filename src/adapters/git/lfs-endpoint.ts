import { z } from 'zod';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { gitEnvironment } from './git-environment.ts';
import { gitWords, knownFailure } from './git-failure.ts';
import { askRemote } from './git-runner.ts';
import type { MirrorHome } from './mirror.ts';
import type { RemoteRepository } from './repository-url.ts';

/** A repository's LFS server, and what opens it. */
export interface LfsEndpoint {
  /** `https://…/info/lfs` */
  url: string;
  headers: Record<string, string>;
}

const maxAnswerBytes = 64 * 1024;
const answerSchema = z.object({ href: z.string(), header: z.record(z.string(), z.string()).default({}) });

/**
 * Where a repository's LFS objects are (git-lfs, docs/api/server-discovery.md): beside an https address; an ssh host is
 * asked by `git-lfs-authenticate`. What the repository itself says, in .lfsconfig, is not heeded.
 * @throws SiskinError LFS_UNAVAILABLE, as knownFailure tells
 */
export async function lfsEndpoint(
  remote: RemoteRepository,
  home: MirrorHome,
  subject: string,
  signal: AbortSignal,
): Promise<LfsEndpoint> {
  if (remote.protocol === 'https') return overHttps(remote);
  if (remote.protocol === 'ssh') return await overSsh(remote, home, subject, signal);
  throw new SiskinError('LFS_UNAVAILABLE', `${subject}: a repository on this machine has no LFS server`);
}

function overHttps({ url, credentials }: RemoteRepository): LfsEndpoint {
  const base = url.replace(/\/+$/, '');
  const headers: Record<string, string> = {};
  if (credentials) {
    const { username, password } = credentials;
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  return { url: `${base}${base.endsWith('.git') ? '' : '.git'}/info/lfs`, headers };
}

async function overSsh(
  remote: RemoteRepository,
  home: MirrorHome,
  subject: string,
  signal: AbortSignal,
): Promise<LfsEndpoint> {
  const { destination, port, path } = sshParts(remote.url);
  // the host's shell reads the command: nothing that means anything to one is in it
  if (!/^[A-Za-z0-9._~%+@/-]+$/.test(path) || path.startsWith('-'))
    throw new SiskinError('LFS_UNAVAILABLE', `${subject}: its path has characters that ssh cannot be given`);
  const options =
    remote.sshConfig === undefined ? ['-oBatchMode=yes', '-oConnectTimeout=20'] : ['-F', remote.sshConfig];
  const command = ['git-lfs-authenticate', path, 'download'];
  const args = [...options, ...(port === '' ? [] : ['-p', port]), '--', destination, ...command];
  const paths = { configuration: home.configuration, mirror: home.folder };
  const call = { folder: home.folder, environment: gitEnvironment(home.environment, paths, remote), signal };
  const answer = await askRemote('ssh', args, call, maxAnswerBytes).catch((error: unknown) => {
    signal.throwIfAborted();
    const words = error instanceof Error ? error.message : String(error);
    throw (
      knownFailure(words, subject) ?? new SiskinError('LFS_UNAVAILABLE', `${subject}: ${gitWords(words)}`)
    );
  });
  const parsed = answerSchema.safeParse(jsonOf(answer));
  if (!parsed.success)
    throw new SiskinError('LFS_UNAVAILABLE', `${subject}: git-lfs-authenticate did not name an LFS server`);
  return { url: parsed.data.href.replace(/\/+$/, ''), headers: parsed.data.header };
}

function sshParts(url: string): { destination: string; port: string; path: string } {
  if (!url.includes('://')) {
    const [, destination = '', path = ''] = /^([^:]+):(.*)$/.exec(url) ?? [];
    return { destination, port: '', path };
  }
  const { username, hostname, port, pathname } = new URL(url);
  return { destination: username === '' ? hostname : `${username}@${hostname}`, port, path: pathname };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // whatever else it is, it is no answer
    return undefined;
  }
}
