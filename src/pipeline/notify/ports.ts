import type { Notice } from '../../domain/notice/notice.ts';

/**
 * A place where people watch. It is shown what is so now and makes that visible: the first time by creating something,
 * afterwards by changing it. To be shown the same again changes nothing.
 */
export interface NoticeChannel {
  /** Names its queue and its memory: lower-case letters. */
  readonly name: string;
  /** The least time between two deliveries about one deployment, in ms: what happens within is told at once afterwards. */
  readonly pauseMs: number;
  /** The same, in ms, while a release is only watched and nothing but its counts changes. */
  readonly calmPauseMs: number;
  /**
   * @param memory what this channel remembered of this deployment, null at first; it comes out of a store, so it is parsed
   * @param tools.remember keeps a new memory at once, so that a crash right after does not create the same thing twice
   * @param tools.signal aborted after the delivery's time, or when the worker closes
   * @throws NoticeDelayed when it is to be tried again; any other error is tried again too, and logged with its stack
   */
  deliver(notice: Notice, memory: unknown, tools: DeliveryTools): Promise<void>;
}

export interface DeliveryTools {
  remember: (memory: unknown) => Promise<void>;
  signal: AbortSignal;
}

/** The service does not take it now. */
export class NoticeDelayed extends Error {
  /** The service asked for this much patience, in ms: nobody is told anything there before. */
  readonly retryAfterMs: number | null;
  /** A person has to mend something first: a revoked token, a channel that is gone. */
  readonly needsPerson: boolean;

  constructor(
    message: string,
    options: { retryAfterMs?: number; needsPerson?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NoticeDelayed';
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.needsPerson = options.needsPerson ?? false;
  }
}

/** Where what is to be told comes from. */
export interface NoticeSource {
  /** @returns null when the deployment is not on record any more, or its environment is not in siskin.yaml */
  notice(deployment: string): Promise<Notice | null>;
}

/** What changed and was not told yet. A change is noted in the very write that makes it. All throw SiskinError STORE_UNAVAILABLE. */
export interface Outbox {
  /** Grows with every change of the deployment; null when nothing of it is to be told any more. */
  revision(deployment: string): Promise<number | null>;
  /** What a channel was told last. */
  told(channel: string, deployment: string): Promise<Told>;
  /** Keeps what a channel remembers of a deployment; nothing of one that is not on record. */
  remember(channel: string, deployment: string, memory: unknown): Promise<void>;
  noteTold(channel: string, deployment: string, told: Omit<Told, 'memory'>): Promise<void>;
  /** Takes a deployment out once every channel was told this revision, unless it has changed since. */
  settle(deployment: string, channels: readonly string[], revision: number): Promise<void>;
  /** Takes a deployment out, whatever was told. */
  drop(deployment: string): Promise<void>;
  /** How long nobody is to be told anything in this channel, in ms; 0 when it may be. */
  quietMs(channel: string): Promise<number>;
  setQuiet(channel: string, ms: number): Promise<void>;
}

export interface Told {
  /** 0 before the first. */
  revision: number;
  /** Null at first. */
  memory: unknown;
  /** Epoch milliseconds of the last time; 0 before the first. */
  at: number;
  /** What its state was then; null before the first. */
  state: string | null;
}
