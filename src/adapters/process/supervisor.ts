import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { findProgram, standardSearchPath } from './find-program.ts';
import { defaultMaxLogBytes, rotateLog, tailOf } from './log-file.ts';
import { readPid, removePid, writePid } from './pid-file.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';

export interface SupervisorOptions {
  /** Names its pid and log file. */
  name: string;
  /** A name on the search path, or an absolute path. */
  program: string;
  debianPackage: string;
  args: string[];
  /** Those of the arguments by which a running one is known to be ours. */
  marks: string[];
  /** What a running one calls itself, from the path of its program; absent: its command line stays. */
  title?: (program: string) => string;
  /** Called before each start, also one after a death. */
  beforeStart?: () => void;
  /** Holds `<name>.pid` and `<name>.log`; made when missing. */
  directory: string;
  searchPath?: string[];
  maxLogBytes?: number;
  /** From SIGTERM to SIGKILL. Default 10 s. */
  graceMs?: number;
  /** Called after each restart of a process that had died. */
  onRestart?: (() => void) | undefined;
}

const firstBackoffMs = 100;
const lastBackoffMs = 5_000;
const steadyAfterMs = 10_000;
const watchEveryMs = 200;

/**
 * Keeps one program running. It is detached: our own death, however sudden, leaves it serving, and our next start adopts it
 * (the same pid, with the same program and arguments). When it dies it is started again, after 100 ms at first, 5 s at
 * last. Its environment holds nothing but PATH.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #pidFile: string;
  readonly #logFile: string;
  #identity: ProcessIdentity | null = null;
  #pid: number | null = null;
  #child: ChildProcess | null = null;
  #stopped = new AbortController();
  #watching: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#pidFile = join(options.directory, `${options.name}.pid`);
    this.#logFile = join(options.directory, `${options.name}.log`);
  }

  /** The process that runs now; null between a death and the next start. */
  get pid(): number | null {
    return this.#pid !== null && this.#isAlive() ? this.#pid : null;
  }

  /**
   * Adopts the one that runs already, or starts one; from now on keeps it running.
   * @throws SiskinError PROGRAM_MISSING, PROGRAM_NOT_READY when it cannot be started at all
   */
  async start(): Promise<'adopted' | 'started'> {
    await mkdir(this.#options.directory, { recursive: true });
    const left = await this.#left();
    this.#stopped = new AbortController();
    if (left !== null) this.#pid = left;
    else await this.#spawn();
    this.#watching = this.#watch(this.#stopped.signal);
    return left !== null ? 'adopted' : 'started';
  }

  /** Whether `start` will adopt one. @throws SiskinError PROGRAM_MISSING */
  async runsAlready(): Promise<boolean> {
    return (await this.#left()) !== null;
  }

  /** The pid of one that an earlier Siskin left running. */
  async #left(): Promise<number | null> {
    const { program, debianPackage, searchPath, marks } = this.#options;
    const found = await findProgram(program, debianPackage, searchPath);
    const title = this.#options.title?.(found);
    this.#identity = { program: found, marks, ...(title !== undefined && { title }) };
    const pid = await readPid(this.#pidFile);
    return pid !== null && isRunning(pid, this.#identity) ? pid : null;
  }

  /** Ends it: SIGTERM, after the grace SIGKILL. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
    this.signal('SIGTERM');
    if (!(await this.#goneWithin(this.#options.graceMs ?? 10_000))) {
      this.signal('SIGKILL');
      if (!(await this.#goneWithin(5_000))) {
        throw new SiskinError(
          'PROGRAM_NOT_READY',
          `${this.#options.name} does not end, not even by SIGKILL.`,
        );
      }
    }
    await removePid(this.#pidFile);
  }

  /** Looks after it no longer, and leaves it running. */
  async release(): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
  }

  /** Sends it a signal; does nothing when it does not run. */
  signal(signal: NodeJS.Signals): void {
    if (this.#pid !== null && this.#isAlive()) process.kill(this.#pid, signal);
  }

  /**
   * Resolves when the probe says yes. A probe that throws says no.
   * @throws SiskinError PROGRAM_NOT_READY after `timeoutMs`, with the program's last lines
   */
  async waitUntilReady(probe: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let reason = 'it does not answer';
    while (performance.now() < deadline && !this.#stopped.signal.aborted) {
      try {
        if (await probe()) return;
      } catch (error) {
        reason = messageOf(error);
      }
      await sleep(30);
    }
    const tail = await tailOf(this.#logFile, 5);
    throw new SiskinError(
      'PROGRAM_NOT_READY',
      `${this.#options.name} is not ready: ${reason}.\n${tail}`.trim(),
    );
  }

  async #watch(stopped: AbortSignal): Promise<void> {
    let backoffMs = firstBackoffMs;
    let startedAt = performance.now();
    while (await pause(watchEveryMs, stopped)) {
      await rotateLog(this.#logFile, this.#options.maxLogBytes ?? defaultMaxLogBytes).catch(logIsGone);
      if (this.#isAlive()) continue;
      if (performance.now() - startedAt > steadyAfterMs) backoffMs = firstBackoffMs;
      if (!(await pause(backoffMs, stopped))) return;
      backoffMs = Math.min(backoffMs * 2, lastBackoffMs);
      startedAt = performance.now();
      // When it cannot be started now (no memory, no descriptors), the next round tries again.
      if (await this.#spawn().then(started, notStarted)) this.#options.onRestart?.();
    }
  }

  async #spawn(): Promise<void> {
    const { name, args, searchPath = standardSearchPath } = this.#options;
    this.#options.beforeStart?.();
    const program = this.#identity?.program ?? this.#options.program;
    const log = await open(this.#logFile, 'a', 0o640);
    try {
      const child = spawn(program, args, {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: searchPath.join(':') },
        cwd: this.#options.directory,
      });
      await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      child.unref();
      this.#child = child;
      this.#pid = child.pid ?? null;
      if (this.#pid !== null) await writePid(this.#pidFile, this.#pid);
    } catch (error) {
      throw new SiskinError('PROGRAM_NOT_READY', `${name} cannot be started: ${messageOf(error)}.`, {
        cause: error,
      });
    } finally {
      await log.close();
    }
  }

  #isAlive(): boolean {
    if (this.#pid === null || this.#identity === null) return false;
    const child = this.#child;
    if (child && child.pid === this.#pid) return child.exitCode === null && child.signalCode === null;
    return isRunning(this.#pid, this.#identity);
  }

  async #goneWithin(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (this.#isAlive()) {
      if (performance.now() > deadline) return false;
      await sleep(10);
    }
    return true;
  }
}

const started = (): boolean => true;
const notStarted = (): boolean => false;

/** Somebody deleted the log: the next start makes it anew. */
const logIsGone = (): void => undefined;

/** @returns false when stopped meanwhile */
const pause = (ms: number, stopped: AbortSignal): Promise<boolean> =>
  sleep(ms, true, { signal: stopped, ref: false }).catch(() => false);
