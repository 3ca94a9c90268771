import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import { gitEnvironment } from './git-environment.ts';
import { gitWords, knownFailure } from './git-failure.ts';
import { type GitCall, runGit, runRemoteGit } from './git-runner.ts';
import { createMirror, mirrorExists, remove, sizeOf, sweep } from './mirror-files.ts';
import { withMirrorLock } from './mirror-lock.ts';
import type { RemoteRepository } from './repository-url.ts';

const sizeCheckMs = 250;

export interface MirrorLimits {
  fetchTimeoutMs: number;
  maxBytes: number;
}

/** One bare repository below the data directory, fetched into by one process at a time. */
export class Mirror {
  readonly folder: string;
  readonly #home: MirrorHome;
  readonly #limits: MirrorLimits;

  /** @param key tells it from other mirrors: the remote's address, for a submodule with that of the app's repository */
  constructor(home: MirrorHome, key: string, limits: MirrorLimits) {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    this.folder = join(home.folder, `${name}.git`);
    this.#home = home;
    this.#limits = limits;
  }

  /** How to call git on this mirror, without any network. */
  call(signal?: AbortSignal): GitCall {
    return {
      folder: this.folder,
      environment: this.#environment(this.folder),
      ...(signal ? { signal } : {}),
    };
  }

  /**
   * Fetches one thing into one ref. A mirror that git cannot use is made anew, once.
   * @param source a full ref, or an object id, of the remote
   * @param subject how to call it in an error message
   * @throws SiskinError as knownFailure tells, SOURCE_UNREACHABLE, SOURCE_TOO_LARGE
   */
  async fetch(
    remote: RemoteRepository,
    source: string,
    target: string,
    subject: string,
    signal: AbortSignal,
  ): Promise<void> {
    await mkdir(this.#home.folder, { recursive: true });
    await withMirrorLock(`${this.folder}.lock`, signal, async () => {
      const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
      args.push('--no-recurse-submodules', '--end-of-options', remote.url, `+${source}:${target}`);
      await sweep(this.folder);
      if (await this.#tryFetch(args, remote, subject, signal)) return;
      await remove(this.folder);
      if (await this.#tryFetch(args, remote, subject, signal, true)) return;
    });
  }

  /** Packs what many fetches left and drops what nothing refers to for two weeks. May take minutes. */
  async tidy(signal: AbortSignal): Promise<void> {
    if (!(await mirrorExists(this.folder))) return;
    await withMirrorLock(`${this.folder}.lock`, signal, async () => {
      await sweep(this.folder);
      await runGit(
        [
          '-c',
          'gc.auto=2000',
          '-c',
          'gc.autoPackLimit=30',
          '-c',
          'gc.autoDetach=false',
          'gc',
          '--quiet',
          '--auto',
        ],
        this.call(signal),
      );
    });
  }

  /** @returns false when it failed in a way that points at the mirror itself */
  async #tryFetch(
    args: string[],
    remote: RemoteRepository,
    subject: string,
    signal: AbortSignal,
    last = false,
  ): Promise<boolean> {
    const fresh = !(await mirrorExists(this.folder));
    if (fresh) await createMirror(this.folder, (mirror) => this.#environment(mirror));
    const guard = new FetchGuard(this.folder, this.#limits, signal);
    try {
      await runRemoteGit(args, {
        folder: this.folder,
        environment: this.#environment(this.folder, remote),
        signal: guard.signal,
      });
      await guard.checkSize();
      return true;
    } catch (error) {
      await sweep(this.folder);
      if (fresh || (await sizeOf(this.folder)) > this.#limits.maxBytes) await remove(this.folder);
      signal.throwIfAborted();
      if (error instanceof SiskinError) throw error;
      const words = error instanceof Error ? error.message : String(error);
      const known = knownFailure(words, subject);
      if (known) throw known;
      if (last || fresh) throw new SiskinError('SOURCE_UNREACHABLE', `${subject}: ${gitWords(words)}`);
      return false;
    } finally {
      guard.stop();
    }
  }

  #environment(mirror: string, remote?: RemoteRepository): Record<string, string> {
    return gitEnvironment(
      this.#home.environment,
      { configuration: this.#home.configuration, mirror },
      remote,
    );
  }
}

export interface MirrorHome {
  /** Where all mirrors are. */
  folder: string;
  /** Path of Siskin's git configuration. */
  configuration: string;
  /** What Siskin itself was started with. */
  environment: Record<string, string | undefined>;
}

/** Stops a fetch that takes too long or too much disk. */
class FetchGuard {
  readonly signal: AbortSignal;
  readonly #limit = new AbortController();
  readonly #unlink: () => void;
  readonly #timers: NodeJS.Timeout[];
  readonly #folder: string;
  readonly #maxBytes: number;

  constructor(folder: string, { fetchTimeoutMs, maxBytes }: MirrorLimits, signal: AbortSignal) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    const { signal: any, unlink } = anySignal([signal, this.#limit.signal]);
    this.signal = any;
    this.#unlink = unlink;
    const timedOut = new SiskinError(
      'SOURCE_UNREACHABLE',
      `the fetch took longer than ${fetchTimeoutMs / 1000} s and was stopped`,
    );
    this.#timers = [
      setTimeout(() => this.#limit.abort(timedOut), fetchTimeoutMs),
      setInterval(() => void this.checkSize().catch((tooLarge) => this.#limit.abort(tooLarge)), sizeCheckMs),
    ];
  }

  /** @throws SiskinError SOURCE_TOO_LARGE */
  async checkSize(): Promise<void> {
    const bytes = await sizeOf(this.#folder);
    if (bytes <= this.#maxBytes) return;
    const limit = Math.round(this.#maxBytes / 1e6);
    throw new SiskinError(
      'SOURCE_TOO_LARGE',
      `the repository is larger than ${limit} MB; the fetch was stopped and its files removed`,
    );
  }

  stop(): void {
    this.#unlink();
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
