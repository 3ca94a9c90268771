import type { Actor } from '../../domain/deployment.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { NoticeAct } from '../../domain/notice/acts.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import type { HistoryFacts, StatusFacts, WhyFacts } from '../../domain/texts/answers.ts';
import type { Texts } from '../../domain/texts/texts.ts';
import type { NoticeSource } from '../../pipeline/notify/ports.ts';
import type { DeliveryAudit, IntakeLog } from '../ports.ts';
import type { Members } from './members.ts';

/** Who acts, and where from. */
export interface Who {
  actor: Actor;
  /** `slack:C0123`. */
  from: string;
}

/** What can be done and asked: the same as through the API. All throw SiskinError. */
export interface Operations {
  environments(): EnvironmentKey[];
  /** Does to the deployment of this notice what its button says. */
  act(act: NoticeAct, notice: Notice, who: Who): Promise<void>;
  /** @param what the branch's head, a commit or a release that is kept @returns the deployment */
  deploy(key: EnvironmentKey, what: { sha?: string; release?: string }, who: Who): Promise<string>;
  rollBack(key: EnvironmentKey, release: string | null, who: Who): Promise<string>;
  status(key: EnvironmentKey): Promise<StatusFacts>;
  /** The newest ten, newest first. */
  history(key: EnvironmentKey): Promise<HistoryFacts[]>;
  /** The last pushes that the environment ignored, newest first; at most ten. */
  ignoredPushes(key: EnvironmentKey): Promise<WhyFacts[]>;
}

/** What may be done only once. All throw SiskinError STORE_UNAVAILABLE. */
export interface Once {
  /** @returns whether this is the first time within `seconds` */
  claim(what: string, seconds: number): Promise<boolean>;
  release(what: string): Promise<void>;
}

export interface SlackHandlerDependencies {
  members: Members;
  texts: Texts;
  notices: NoticeSource;
  operations: Operations;
  once: Once;
  audit: (note: DeliveryAudit) => Promise<void>;
  /** Tells the one who asked, alone. @throws Error when the address is not Slack's or does not answer */
  answer: (responseUrl: string, text: string) => Promise<void>;
  log: IntakeLog;
}

export interface SlackInteractionsDependencies {
  /** The app's signing secret. */
  signingSecret: string;
  once: Once;
  audit: (note: DeliveryAudit) => Promise<void>;
  /** Begins the work and returns. */
  take: (interaction: SlackInteraction) => void;
  log: IntakeLog;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** What somebody did in Slack. Its texts are from outside. */
export type SlackInteraction =
  | { kind: 'press'; user: string; channel: string; value: string; responseUrl: string }
  | { kind: 'command'; user: string; channel: string; text: string; responseUrl: string }
  /** Something that Siskin's messages do not have; it is acknowledged. */
  | { kind: 'other' };
