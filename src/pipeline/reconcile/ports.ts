import type { EnvironmentKey } from '../../domain/names.ts';
import type { IgnoredHead, KnownHeads } from '../../domain/reconcile/missed-head.ts';
import type { Clock, Commit, PushRecord } from '../ports.ts';
import type { PipelineLog } from '../run-context.ts';

/** A commit with its whole message, at most 64 KiB of it: the push policy looks for its markers there. */
export interface HeadCommit extends Commit {
  message: string;
}

/** What a remote repository says of its branches. GitSource is the real one. */
export interface BranchHeads {
  /**
   * The heads of these branches, asked in one go; a branch that is not there has none.
   * @throws SiskinError SOURCE_UNREACHABLE, SOURCE_REFUSED and others of source-errors.ts
   */
  heads(
    repository: string,
    branches: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>;
  /** Fetches the branch and reads its head, which may have moved. @throws SiskinError as Source.fetchBranch */
  headCommit(repository: string, branch: string, signal: AbortSignal): Promise<HeadCommit>;
  /** Whether `sha`, which was fetched, has `older` among its ancestors, or is it. */
  contains(repository: string, sha: string, older: string, signal: AbortSignal): Promise<boolean>;
}

/** What is on record of an environment's branch. RedisHeadRecords is the real one. All throw SiskinError STORE_UNAVAILABLE. */
export interface HeadRecords {
  /** The newest deployment asked for. */
  wanted(key: EnvironmentKey): Promise<string | null>;
  known(key: EnvironmentKey): Promise<KnownHeads>;
  /**
   * Records a push that no webhook told of, and wakes the environment.
   * @param wanted what was wanted when it was decided; when that has changed, nothing is recorded
   * @returns the deployment; null when another push or person was there first
   */
  recordFound(push: PushRecord, wanted: string | null): Promise<string | null>;
  /** Remembers a head that is not deployed. @returns false when nothing was written, as above */
  ignore(key: EnvironmentKey, head: IgnoredHead, wanted: string | null): Promise<boolean>;
}

/** What the reconciler of branch heads works on. */
export interface HeadWorld {
  source: BranchHeads;
  records: HeadRecords;
  clock: Clock;
  log: PipelineLog;
  /** Counts what was done: `push-found`, `head-ignored`; siskin_reconcile_actions_total. */
  onAction: (action: string) => void;
}
