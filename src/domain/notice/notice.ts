import type { Actor, Deployment, DeploymentState, DeploymentTarget } from '../deployment.ts';
import type { HoldCause, JournalEntry } from '../journal.ts';
import type { EnvironmentKey } from '../names.ts';
import { type NoticeAct, possibleActs, type Standing } from './acts.ts';
import {
  type ArmCounts,
  countsOf,
  decisionOf,
  type NoticeDecision,
  type NoticeStage,
  stagesOf,
} from './journal-folds.ts';

/**
 * What is to be told of one deployment, as of one moment. A channel makes of it what people see, and makes it so again
 * when it has changed: what was told before does not matter. Texts from outside (title, author, branch, log) are as they
 * came: every channel neutralises them in its own way.
 */
export interface Notice extends EnvironmentKey {
  /** `d42`. */
  deployment: string;
  state: DeploymentState;
  target: DeploymentTarget;
  /** Who asked for it. */
  actor: Actor;
  /** The operator's address of the repository, without credentials. */
  repository: string;
  branch: string;
  /** Null until it is known; title and author may be empty. */
  commit: { sha: string; title: string; author: string } | null;
  release: number | null;
  baseline: number | null;
  supersededBy: string | null;
  /** Those it was in, in order; the last one is running unless the deployment has ended. */
  stages: NoticeStage[];
  /** Requests and 5xx of the canary and of the old release beside it; null while nothing was measured. */
  canary: ArmCounts | null;
  /** The same since the promotion. */
  watch: ArmCounts | null;
  decision: NoticeDecision | null;
  /** Why it is held; null when it is not. */
  held: HoldCause | null;
  /** Why it stands still, and who made it; null when it goes on. */
  frozen: { by: string; reason: string } | null;
  /** One sentence a person understands; null while it goes well. */
  reason: string | null;
  /** What people have done to it since, the oldest first. */
  people: NoticePerson[];
  /** What a person can do to it now. */
  acts: NoticeAct[];
  /** The last lines of its log, when it ended badly; else none. */
  logTail: string[];
  /** Where the environment is reached: `http://shop.example.com/`; null without routes. */
  environmentUrl: string | null;
  /** ISO 8601, UTC. */
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** `action` is an audit log's: `promote`, `rollback`, `cancel`, `freeze`, `unfreeze`. */
export interface NoticePerson {
  actor: Actor;
  action: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** Everything a notice is made of. */
export interface NoticeFacts {
  deployment: Deployment;
  journal: readonly JournalEntry[];
  people: readonly NoticePerson[];
  /** The environment's; see possibleActs. */
  standing: Standing;
  frozen: { by: string; reason: string } | null;
  repository: string;
  environmentUrl: string | null;
  logTail: readonly string[];
}

const endedBadly: readonly DeploymentState[] = ['failed', 'rolled_back'];

/** Pure: the same facts give the same notice. */
export function noticeOf(facts: NoticeFacts): Notice {
  const { deployment, journal, standing } = facts;
  const { canary, watch } = countsOf(journal);
  const { id, app, environment, state, target, actor, branch, reason } = deployment;
  return {
    app,
    environment,
    deployment: id,
    state,
    target,
    actor,
    repository: facts.repository,
    branch,
    commit: commitOf(deployment),
    release: deployment.release,
    baseline: deployment.baseline,
    supersededBy: deployment.supersededBy,
    stages: stagesOf(journal),
    canary,
    watch,
    decision: decisionOf(journal),
    held: state === 'held' ? heldBy(journal) : null,
    frozen: deployment.finishedAt === null ? facts.frozen : null,
    reason,
    people: [...facts.people],
    acts: possibleActs(deployment, standing, facts.frozen !== null),
    logTail: endedBadly.includes(state) ? [...facts.logTail] : [],
    environmentUrl: facts.environmentUrl,
    createdAt: deployment.createdAt,
    startedAt: deployment.startedAt,
    finishedAt: deployment.finishedAt,
  };
}

/** What was fetched; before that, what was pushed. */
function commitOf({ sha, target, title, author }: Deployment): Notice['commit'] {
  const known =
    sha ?? (target.kind === 'branch' ? target.pushedSha : target.kind === 'commit' ? target.sha : null);
  return known === null ? null : { sha: known, title: title ?? '', author: author ?? '' };
}

function heldBy(journal: readonly JournalEntry[]): HoldCause {
  const last = journal.findLast(({ event }) => event.type === 'state' && event.state === 'held');
  return last?.event.type === 'state' ? (last.event.cause ?? 'baseline') : 'baseline';
}
