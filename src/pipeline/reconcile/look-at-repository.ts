import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { environmentId } from '../../domain/names.ts';
import { decideForEnvironment, type PushEvent } from '../../domain/push-policy.ts';
import { type IgnoredHead, missedHead } from '../../domain/reconcile/missed-head.ts';
import type { HeadCommit, HeadWorld } from './ports.ts';
import type { TrackedRepository } from './tracked-repositories.ts';

type Tracked = TrackedRepository['environments'][number];

/** What one process remembers from look to look; all of it may be lost without harm. By environment id. */
export class LookMemory {
  /** Heads that nobody had told of at the last look. */
  readonly suspects = new Map<string, string>();
  /** Heads that need no second look while the same deployment is wanted. */
  readonly settled = new Map<string, { head: string; wanted: string }>();
  /** Branches that are not there, said once. */
  readonly gone = new Set<string>();
}

/**
 * Looks once at the heads of a repository's tracked branches, and records those that no webhook told of. A head must be
 * unknown at two looks: between them its webhook may come.
 *
 * @returns whether a head is to be confirmed soon
 * @throws SiskinError SOURCE_UNREACHABLE, SOURCE_REFUSED and others of source-errors.ts, SOURCE_TOO_LARGE: the repository, not Siskin, is at fault
 */
export async function lookAtRepository(
  world: HeadWorld,
  { repository, environments }: TrackedRepository,
  memory: LookMemory,
  signal: AbortSignal,
): Promise<{ confirm: boolean }> {
  const branches = [...new Set(environments.map(({ branch }) => branch))];
  const heads = await world.source.heads(repository, branches, signal);
  for (const tracked of environments) {
    try {
      await look(world, repository, tracked, heads.get(tracked.branch), memory, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SiskinError && error.code.startsWith('SOURCE_')) throw error;
      const environment = environmentId(tracked);
      world.log.warn({ environment, error: messageOf(error) }, 'its branch could not be compared');
    }
  }
  return { confirm: memory.suspects.size > 0 };
}

async function look(
  world: HeadWorld,
  repository: string,
  tracked: Tracked,
  head: string | undefined,
  memory: LookMemory,
  signal: AbortSignal,
): Promise<void> {
  const id = environmentId(tracked);
  const suspect = memory.suspects.get(id);
  memory.suspects.delete(id);
  if (head === undefined) return sayGone(world, tracked, memory);
  memory.gone.delete(id);
  const wanted = await world.records.wanted(tracked);
  const settled = memory.settled.get(id);
  if (settled?.head === head && settled.wanted === wanted) return;
  const decision = missedHead(tracked.branch, head, await world.records.known(tracked));
  switch (decision.kind) {
    case 'known':
      if (wanted !== null) memory.settled.set(id, { head, wanted });
      return;
    case 'under-way':
      return;
    case 'first-sight':
      return ignore(world, tracked, { branch: tracked.branch, sha: head, reason: 'first-sight' }, wanted);
    case 'missed':
      memory.suspects.set(id, head);
      if (suspect !== head) return;
      await bring(world, repository, tracked, { head, before: decision.before, wanted }, signal);
      memory.suspects.delete(id);
  }
}

/** Asks the push policy, as the webhook would have, and does what it says. */
async function bring(
  world: HeadWorld,
  repository: string,
  tracked: Tracked,
  { head, before, wanted }: { head: string; before: string; wanted: string | null },
  signal: AbortSignal,
): Promise<void> {
  const { source, records } = world;
  const commit = await source.headCommit(repository, tracked.branch, signal);
  // It has just been pushed to: the webhook of that push has its time, too.
  if (commit.sha !== head) return;
  const forced = !(await source.contains(repository, head, before, signal));
  const decision = decideForEnvironment(eventOf(tracked, commit, before, forced), tracked.app, tracked);
  if (decision.kind === 'ignore')
    return ignore(world, tracked, { branch: tracked.branch, sha: head, reason: decision.reason }, wanted);
  const { kind: _kind, ...push } = decision;
  const environment = environmentId(tracked);
  const actor = { kind: 'siskin' as const, name: 'reconciler' };
  const delivery = `reconcile:${environment}:${head}`;
  const deployment = await records.recordFound({ ...push, delivery, actor }, wanted);
  if (deployment === null) return;
  world.onAction('push-found');
  world.log.info(
    { environment, branch: tracked.branch, sha: head, before, forced, deployment },
    'a push was found that no webhook told of',
  );
}

const eventOf = (tracked: Tracked, commit: HeadCommit, before: string, forced: boolean): PushEvent => ({
  ref: `refs/heads/${tracked.branch}`,
  before,
  after: commit.sha,
  created: false,
  deleted: false,
  forced,
  headCommit: { message: commit.message, author: commit.author },
  // Nothing to compare: Siskin asked the repository itself.
  repository: { fullName: '', cloneUrl: '', sshUrl: '', htmlUrl: '' },
});

async function ignore(
  { records, log, onAction }: HeadWorld,
  tracked: Tracked,
  head: IgnoredHead,
  wanted: string | null,
): Promise<void> {
  if (!(await records.ignore(tracked, head, wanted))) return;
  onAction('head-ignored');
  const message =
    head.reason === 'first-sight'
      ? 'the branch is seen for the first time: its head is remembered, not deployed'
      : 'a head that no webhook told of is not deployed';
  log.info({ environment: environmentId(tracked), ...head }, message);
}

function sayGone({ log }: HeadWorld, tracked: Tracked, { gone }: LookMemory): void {
  const environment = environmentId(tracked);
  if (gone.has(environment)) return;
  gone.add(environment);
  log.warn({ environment, branch: tracked.branch }, 'the branch is not there; what runs goes on');
}
