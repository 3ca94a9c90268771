import { EventEmitter, once } from 'node:events';
import type { KnownBlock } from '@slack/types';

export interface FakeMetadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

export interface FakeMessage {
  channel: string;
  ts: string;
  text: string;
  blocks: KnownBlock[];
  metadata: FakeMetadata | undefined;
  threadTs: string | null;
  /** Shown in the channel as well. */
  broadcast: boolean;
  /** How often it was edited. */
  edits: number;
  /** Who alone sees it; null for all. */
  onlyFor: string | null;
}

/** What the workspace holds; the doors in server.ts change it, tests look at it. */
export class FakeWorkspace {
  readonly channels = new Map<string, { member: boolean; archived: boolean }>();
  readonly messages: FakeMessage[] = [];
  /** Every request: its path's last part, or `response_url`, `webhook`. */
  readonly calls: string[] = [];
  readonly #changed = new EventEmitter().setMaxListeners(100);
  #lastTs = 0;

  constructor(channels: readonly string[] = ['C0SHOP']) {
    for (const name of channels) this.channels.set(name, { member: true, archived: false });
  }

  add(message: Omit<FakeMessage, 'ts' | 'edits'>): FakeMessage {
    const added = { ...message, ts: this.#nextTs(), edits: 0 };
    this.messages.push(added);
    this.changed();
    return added;
  }

  changed(): void {
    this.#changed.emit('change');
  }

  /** Resolves with the first result that is neither undefined, null nor false, now or after some change. */
  async until<T>(look: () => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found) return found;
      await once(this.#changed, 'change');
    }
  }

  /** The deployment's messages in the channel, not their threads. */
  of(deployment: string): FakeMessage[] {
    return this.messages.filter(
      ({ threadTs, metadata }) => threadTs === null && metadata?.event_payload.deployment === deployment,
    );
  }

  thread(ts: string): FakeMessage[] {
    return this.messages.filter(({ threadTs }) => threadTs === ts);
  }

  /** What one user alone was told. */
  ephemeral(user: string): string[] {
    return this.messages.filter(({ onlyFor }) => onlyFor === user).map(({ text }) => text);
  }

  /** Slack's timestamps are ids too: seconds and microseconds, growing. */
  #nextTs(): string {
    this.#lastTs = Math.max(this.#lastTs + 1, Date.now() * 1_000);
    const seconds = Math.floor(this.#lastTs / 1_000_000);
    return `${seconds}.${String(this.#lastTs % 1_000_000).padStart(6, '0')}`;
  }
}
