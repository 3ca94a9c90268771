import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { simpleGit } from 'simple-git';
import { guardedNames } from './git-environment.ts';

const maxWords = 16_384;
const forceAfterMs = 3_000;

export interface GitCall {
  /** The mirror. */
  folder: string;
  environment: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Runs git to its end. For short answers: they are held in memory.
 * @param args constants, checked paths after `--`, and object ids only
 * @returns what it printed
 * @throws GitError whose message is what git printed on stderr; the signal's reason when aborted
 */
export async function runGit(args: string[], call: GitCall): Promise<string> {
  call.signal?.throwIfAborted();
  const git = simpleGit({
    baseDir: call.folder,
    ...(call.signal ? { abort: call.signal } : {}),
    allowEnvironment: guardedNames(call.environment),
    // the environment is made by git-environment.ts of constants and the operator's own settings
    unsafe: { allowUnsafeConfigPaths: true, allowUnsafeConfigEnvCount: true, allowUnsafeSshCommand: true },
  });
  try {
    return await git.env(call.environment).raw(args);
  } catch (error) {
    call.signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Runs a git that talks to a remote, in a process group of its own. simple-git stops git alone: the helper that holds
 * the connection (git-remote-https, ssh) would go on for as long as the remote keeps silent.
 * @throws Error whose message is what git printed on stderr; the signal's reason when aborted, after all of them ended
 */
export async function runRemoteGit(args: string[], call: GitCall & { signal: AbortSignal }): Promise<void> {
  await askRemoteGit(args, call, 0);
}

/**
 * The same, for what a remote tells.
 * @param maxBytes of its answer; git is stopped when there is more
 * @returns what it printed @throws Error also for an answer that is too long
 */
export async function askRemoteGit(
  args: string[],
  call: GitCall & { signal: AbortSignal },
  maxBytes: number,
): Promise<string> {
  return await askRemote('git', args, call, maxBytes);
}

/** The same for another program that talks to a remote: ssh. */
export async function askRemote(
  program: 'git' | 'ssh',
  args: string[],
  call: GitCall & { signal: AbortSignal },
  maxBytes: number,
): Promise<string> {
  call.signal.throwIfAborted();
  const git = spawn(program, args, {
    cwd: call.folder,
    env: call.environment,
    stdio: ['ignore', maxBytes > 0 ? 'pipe' : 'ignore', 'pipe'],
    detached: true,
  });
  let words = '';
  git.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-maxWords);
  });
  const answer: Buffer[] = [];
  let bytes = 0;
  git.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) answer.push(chunk);
    else signalGroup(git.pid, 'SIGKILL');
  });
  let force: NodeJS.Timeout | undefined;
  const stop = (): void => {
    signalGroup(git.pid, 'SIGTERM');
    force = setTimeout(() => signalGroup(git.pid, 'SIGKILL'), forceAfterMs);
  };
  call.signal.addEventListener('abort', stop, { once: true });
  try {
    const [code] = (await once(git, 'close')) as [number | null];
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    if (code !== 0)
      throw new Error(words || `${program} ended with ${code ?? git.signalCode ?? 'no status'}`);
    return Buffer.concat(answer).toString('utf8');
  } catch (error) {
    call.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(force);
    call.signal.removeEventListener('abort', stop);
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // the whole group has ended already
  }
}

export type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts git for an answer too long to be held in memory, which simple-git would do. See runGit for the arguments. */
export function spawnGit(args: string[], call: GitCall): GitProcess {
  return spawn('git', args, {
    cwd: call.folder,
    env: call.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(call.signal ? { signal: call.signal } : {}),
  });
}
