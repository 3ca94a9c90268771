import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { shaPattern } from '../../domain/names.ts';
import type { BuildSpec } from '../../domain/service-spec.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import type { Commit, Source } from '../../pipeline/ports.ts';
import type { BranchHeads, HeadCommit } from '../../pipeline/reconcile/ports.ts';
import { firstChanged } from './changed-paths.ts';
import { openBuildContext } from './context.ts';
import { writeConfiguration } from './git-environment.ts';
import { printable } from './git-failure.ts';
import { runGit } from './git-runner.ts';
import { containsCommit, headMessage, remoteHeads } from './heads.ts';
import { LfsClient } from './lfs-client.ts';
import { lfsEndpoint } from './lfs-endpoint.ts';
import type { LfsPointer } from './lfs-pointers.ts';
import { LfsStore } from './lfs-store.ts';
import { Mirror, type MirrorHome } from './mirror.ts';
import { commitRef, isBranchName, mirrorRef } from './refs.ts';
import { type CredentialsOf, type RepositoryAccess, reachRepository } from './repository-access.ts';
import { parseRepository, type RemoteRepository, withoutCredentials } from './repository-url.ts';
import { assertHostAllowed } from './submodule-address.ts';
import { readTextFile } from './tree.ts';

export interface GitSourceOptions {
  /** Siskin's data directory; the mirrors are below its `git`. */
  dataDir: string;
  /** What Siskin was started with; git gets PATH, HOME, SSH_AUTH_SOCK, proxies and certificates of it, nothing else. */
  environment?: Record<string, string | undefined>;
  /** What the operator says of a repository beyond its address. */
  access?: (repository: string) => RepositoryAccess | undefined;
  /** Asked before each network call with an https repository, and never kept. */
  credentials?: CredentialsOf;
  /** A fetch is stopped after so long. Default 5 minutes. */
  fetchTimeoutMs?: number;
  /** So long a remote may take to tell its branches. Default 20 s. */
  headsTimeoutMs?: number;
  /** Most bytes a mirror may take on disk. Default 5 GB. */
  maxBytes?: number;
  /** Most files of a build context, before .dockerignore. Default 200,000. */
  maxEntries?: number;
  /** Most bytes of a build context, after .dockerignore. Default 1 GiB. */
  maxContextBytes?: number;
}

/**
 * Repositories by git, each one bare mirror below `<dataDir>/git`.
 *
 * A mirror holds the full history of the branches it was asked for, with all their files. Shallow would give wrong
 * ancestry; blobless (`--filter=blob:none`) would be smaller, but then whoever reads a file may fetch it from the
 * network at that moment: a context or a Compose file could no longer be read while the remote is away, nor under
 * the fetch's own limits of time and size.
 *
 * git never sees the system's or a user's configuration, runs no hook, checks nothing out, and is given object ids
 * of 40 hex digits only, one checked branch name excepted.
 */
export class GitSource implements Source, BranchHeads {
  readonly #options: Required<GitSourceOptions>;
  #home: Promise<MirrorHome> | undefined;

  constructor(options: GitSourceOptions) {
    this.#options = {
      environment: {},
      access: () => undefined,
      credentials: async () => null,
      fetchTimeoutMs: 5 * 60_000,
      headsTimeoutMs: 20_000,
      maxBytes: 5e9,
      maxEntries: 200_000,
      maxContextBytes: 1024 ** 3,
      ...options,
    };
  }

  async fetchBranch(repository: string, branch: string, signal: AbortSignal): Promise<Commit> {
    if (!isBranchName(branch))
      throw new SiskinError(
        'BRANCH_MISSING',
        `"${printable(branch).slice(0, 100)}" cannot be the name of a branch`,
      );
    const { mirror } = await this.#open(repository);
    const remote = await this.#reach(repository);
    const subject = `branch ${branch} of ${withoutCredentials(repository)}`;
    await mirror.fetch(remote, `refs/heads/${branch}`, mirrorRef(branch), subject, signal);
    return await describe(mirror, mirrorRef(branch), signal);
  }

  async commit(repository: string, sha: string, signal: AbortSignal): Promise<Commit> {
    assertSha(sha);
    return (await this.#commitOf(repository, repository, sha, signal)).commit;
  }

  /** @param owner whose key and credentials are used: the repository itself, or that of whose submodule it is */
  async #commitOf(
    repository: string,
    owner: string,
    sha: string,
    signal: AbortSignal,
  ): Promise<{ mirror: Mirror; commit: Commit }> {
    const { mirror } = await this.#open(repository, owner);
    const known = await describe(mirror, sha, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (known) return { mirror, commit: known };
    const remote = await this.#reach(repository, owner);
    const subject = `commit ${sha} of ${withoutCredentials(repository)}`;
    await mirror.fetch(remote, sha, commitRef(sha), subject, signal).catch((error: unknown) => {
      // for an object id this is how git says that the remote does not have it
      if (error instanceof SiskinError && error.code === 'BRANCH_MISSING') throw missing(subject, error);
      throw error;
    });
    const commit = await describe(mirror, sha, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw missing(subject, error);
    });
    return { mirror, commit };
  }

  async readFile(repository: string, sha: string, path: string, maxBytes: number): Promise<string> {
    assertSha(sha);
    const { mirror } = await this.#open(repository);
    return await readTextFile(mirror.call(), sha, path, maxBytes);
  }

  async firstChanged(
    repository: string,
    { from, to }: { from: string; to: string },
    fits: (path: string) => boolean,
    signal: AbortSignal,
  ): Promise<string | null> {
    assertSha(from);
    assertSha(to);
    const { mirror } = await this.#open(repository);
    return await firstChanged(mirror.call(signal), from, to, fits);
  }

  async openContext(
    repository: string,
    sha: string,
    build: BuildSpec,
    signal: AbortSignal,
    note: (line: string) => void = () => undefined,
  ): Promise<Readable> {
    assertSha(sha);
    const { mirror } = await this.#open(repository);
    const { maxEntries, maxContextBytes, access } = this.#options;
    const { submodules, lfs } = access(repository) ?? {};
    const from = { call: mirror.call(signal), address: repository };
    const limits = { maxEntries, maxBytes: maxContextBytes };
    return await openBuildContext(from, sha, build, limits, {
      note,
      openSubmodule: submodules
        ? async (address, pinned) => {
            assertHostAllowed(address, repository, submodules.hosts);
            return (await this.#commitOf(address, repository, pinned, signal)).mirror.call(signal);
          }
        : null,
      fetchObjects: lfs ? (address, pointers) => this.#objects(address, repository, pointers, signal) : null,
    });
  }

  async heads(
    repository: string,
    branches: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const { home } = await this.#open(repository);
    const remote = await this.#reach(repository);
    const subject = `the branches of ${withoutCredentials(repository)}`;
    const timeoutMs = this.#options.headsTimeoutMs;
    return await remoteHeads(home, remote, branches.filter(isBranchName), { subject, timeoutMs, signal });
  }

  async headCommit(repository: string, branch: string, signal: AbortSignal): Promise<HeadCommit> {
    const commit = await this.fetchBranch(repository, branch, signal);
    const { mirror } = await this.#open(repository);
    return { ...commit, message: await headMessage(mirror.call(signal), commit.sha) };
  }

  async contains(repository: string, sha: string, older: string, signal: AbortSignal): Promise<boolean> {
    assertSha(sha);
    assertSha(older);
    const { mirror } = await this.#open(repository);
    return await containsCommit(mirror.call(signal), sha, older);
  }

  async #objects(
    address: string,
    owner: string,
    pointers: readonly LfsPointer[],
    signal: AbortSignal,
  ): Promise<Map<string, string>> {
    const { home } = await this.#open(address);
    const { environment, fetchTimeoutMs, maxBytes } = this.#options;
    const limit = anySignal([signal, AbortSignal.timeout(fetchTimeoutMs)]);
    const client = await LfsClient.open(environment, limit.signal);
    const subject = withoutCredentials(address);
    try {
      const endpoint = async () =>
        await lfsEndpoint(await this.#reach(address, owner), home, subject, limit.signal);
      return await new LfsStore(lfsFolder(home, owner), maxBytes).fetch(pointers, client, endpoint, subject);
    } catch (error) {
      signal.throwIfAborted();
      if (!limit.signal.aborted) throw error;
      const message = `${subject}: its LFS objects were not fetched within ${fetchTimeoutMs / 1000} s`;
      throw new SiskinError('SOURCE_UNREACHABLE', message, { cause: error });
    } finally {
      limit.unlink();
      await client.close();
    }
  }

  /** For maintenance, now and then: keeps the repository's mirror small and quick. */
  async tidy(repository: string, signal: AbortSignal): Promise<void> {
    const { mirror } = await this.#open(repository);
    await mirror.tidy(signal);
  }

  /** What is fetched for one app is never read for another: knowing a commit's id must not open a repository. */
  async #open(repository: string, owner = repository): Promise<{ mirror: Mirror; home: MirrorHome }> {
    const { url } = parseRepository(repository);
    this.#home ??= this.#makeHome().catch((error: unknown) => {
      this.#home = undefined;
      throw error;
    });
    const home = await this.#home;
    const name = repository === owner ? url : `${owner} ${url}`;
    return { mirror: new Mirror(home, name, this.#options), home };
  }

  /** With what opens it, as it is now. */
  async #reach(repository: string, owner = repository): Promise<RemoteRepository> {
    const { home } = await this.#open(repository);
    return await reachRepository(repository, owner, home, this.#options);
  }

  async #makeHome(): Promise<MirrorHome> {
    const folder = join(this.#options.dataDir, 'git');
    return {
      folder,
      configuration: await writeConfiguration(folder),
      environment: this.#options.environment,
    };
  }
}

/**
 * The commit as people know it; title and author without control characters, at most 200 characters.
 * @param revision a full commit id, or one of the mirror's own refs
 */
async function describe(mirror: Mirror, revision: string, signal: AbortSignal): Promise<Commit> {
  const format = '--format=%H%x00%<(200,trunc)%s%x00%<(200,trunc)%an';
  // not `git show`: it compares trees although it prints no patch, and a hand-made tree can keep it busy for days
  const args = [
    'log',
    '-1',
    '--no-mailmap',
    '--no-show-signature',
    '--no-notes',
    format,
    `${revision}^{commit}`,
    '--',
  ];
  const [full = '', title = '', author = ''] = (await runGit(args, mirror.call(signal))).split('\0');
  assertSha(full.trim());
  return { sha: full.trim(), title: oneLine(title), author: oneLine(author) };
}

/** Of one app, for the same reason as its submodules' mirrors. */
const lfsFolder = (home: MirrorHome, owner: string): string =>
  join(home.folder, 'lfs', createHash('sha256').update(owner).digest('hex').slice(0, 32));

const oneLine = (text: string): string => printable(text).replace(/\s+/g, ' ').trim().slice(0, 200);

function assertSha(sha: string): void {
  if (!shaPattern.test(sha))
    throw new SiskinError(
      'COMMIT_MISSING',
      `"${printable(sha).slice(0, 60)}" is no full commit id of 40 hex digits`,
    );
}

const missing = (subject: string, cause: unknown): SiskinError =>
  new SiskinError('COMMIT_MISSING', `there is no ${subject}`, { cause });
