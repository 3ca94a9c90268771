import { once } from 'node:events';
import { join } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { shaPattern } from '../../domain/names.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import { gitEnvironment } from './git-environment.ts';
import { gitWords, knownFailure } from './git-failure.ts';
import { askRemoteGit, type GitCall, spawnGit } from './git-runner.ts';
import type { MirrorHome } from './mirror.ts';
import type { RemoteRepository } from './repository-url.ts';

/** What a remote may answer for all its branches together: some 10,000 of them. */
const maxAnswerBytes = 1024 * 1024;
const maxMessageBytes = 64 * 1024;

/**
 * Asks a remote for the heads of branches, by one `git ls-remote`. It needs no mirror, and takes no lock.
 * @param branches checked names
 * @throws SiskinError as knownFailure tells, SOURCE_UNREACHABLE after the time-out
 */
export async function remoteHeads(
  home: MirrorHome,
  remote: RemoteRepository,
  branches: readonly string[],
  { subject, timeoutMs, signal }: { subject: string; timeoutMs: number; signal: AbortSignal },
): Promise<Map<string, string>> {
  const refs = branches.map((branch) => `refs/heads/${branch}`);
  // No repository: git must not find one above the data directory, whose configuration it would read.
  const paths = { configuration: home.configuration, mirror: join(home.folder, 'no-repository') };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tooSlow(subject, timeoutMs)), timeoutMs);
  const { signal: any, unlink } = anySignal([signal, limit.signal]);
  const call = {
    folder: home.folder,
    environment: gitEnvironment(home.environment, paths, remote),
    signal: any,
  };
  try {
    const args = ['ls-remote', '--heads', '--end-of-options', remote.url, ...refs];
    return parseHeads(await askRemoteGit(args, call, maxAnswerBytes), branches);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SiskinError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw knownFailure(words, subject) ?? unreachable(`${subject}: ${gitWords(words)}`);
  } finally {
    clearTimeout(timer);
    unlink();
  }
}

/**
 * Reads `ID TAB REF` lines. git matches a pattern from the end (`x/refs/heads/main` too), so refs are compared whole; and
 * a remote may say anything.
 */
export function parseHeads(answer: string, branches: readonly string[]): Map<string, string> {
  const wanted = new Map(branches.map((branch) => [`refs/heads/${branch}`, branch]));
  const heads = new Map<string, string>();
  for (const line of answer.split('\n')) {
    const [sha = '', ref = ''] = line.split('\t');
    const branch = wanted.get(ref);
    if (branch !== undefined && shaPattern.test(sha)) heads.set(branch, sha);
  }
  return heads;
}

/** A commit's message, at most 64 KiB of it: it may be of any size. @param sha a commit that the mirror holds */
export async function headMessage(call: GitCall, sha: string): Promise<string> {
  const git = spawnGit(['cat-file', 'commit', sha], call);
  const failed = once(git, 'error').then(([error]) => Promise.reject(error as Error));
  const read = async (): Promise<string> => {
    let text = '';
    for await (const chunk of git.stdout) {
      text += (chunk as Buffer).toString('latin1');
      if (text.length > maxMessageBytes) break;
    }
    if (text === '') throw new Error(`git told nothing of commit ${sha}`);
    // The headers end at the first empty line (gitformat-signature, "commit").
    const body = text.slice(text.indexOf('\n\n') + 2, maxMessageBytes);
    return Buffer.from(body, 'latin1').toString('utf8');
  };
  try {
    return await Promise.race([read(), failed]);
  } finally {
    git.kill();
  }
}

/** Whether `older` is `sha` or an ancestor of it. A commit that the mirror does not hold is none: its history is whole. */
export async function containsCommit(call: GitCall, sha: string, older: string): Promise<boolean> {
  const git = spawnGit(['merge-base', '--is-ancestor', older, sha], call);
  git.stdout.resume();
  git.stderr.resume();
  const [code] = (await once(git, 'close')) as [number | null];
  call.signal?.throwIfAborted();
  return code === 0;
}

const tooSlow = (subject: string, timeoutMs: number): SiskinError =>
  unreachable(`${subject} were not told within ${timeoutMs / 1000} s`);

const unreachable = (message: string): SiskinError => new SiskinError('SOURCE_UNREACHABLE', message);
