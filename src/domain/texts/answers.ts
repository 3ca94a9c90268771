import type { DeploymentState } from '../deployment.ts';
import type { NoticeAct } from '../notice/acts.ts';

/** What one who pressed a button or typed `/siskin` is told, alone. Names are as they came: who sends it neutralises. */
export interface Answers {
  done(act: NoticeAct, where: string, deployment: string): string;
  /** @param needed the role it takes */
  notAllowed(needed: string, role: string): string;
  noAccess: string;
  /** A button of an older picture of the deployment. @param replacedBy the newer deployment, null when only its state changed */
  stale(deployment: string, state: DeploymentState, replacedBy: string | null): string;
  alreadyPressed: string;
  gone(deployment: string): string;
  failed(message: string): string;
  broken: string;
  unknownEnvironment(where: string, known: readonly string[]): string;
  asked(deployment: string, where: string): string;
  status(status: StatusFacts): string;
  history(where: string, lines: readonly HistoryFacts[]): string;
  why(where: string, lines: readonly WhyFacts[]): string;
  help: string;
}

export interface StatusFacts {
  where: string;
  branch: string;
  current: number | null;
  previous: number | null;
  frozen: { by: string; reason: string } | null;
  newest: HistoryFacts | null;
}

export interface HistoryFacts {
  deployment: string;
  state: DeploymentState;
  release: number | null;
  /** 7 hex digits; null when nothing was fetched. */
  commit: string | null;
  title: string;
  actor: string;
  reason: string | null;
  /** ISO 8601, UTC. */
  at: string;
}

export interface WhyFacts {
  /** ISO 8601, UTC. */
  at: string;
  ref: string;
  /** 7 hex digits. */
  commit: string;
  pusher: string;
  /** A reason of the push policy, e.g. `other-branch`. */
  reason: string;
}
