import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { connectRedis, waitForRedis } from '../../src/adapters/redis/connect.ts';
import { storeKeys } from '../../src/adapters/redis/keys.ts';
import { readJournalEntry } from '../../src/adapters/redis/records.ts';
import type { JournalEvent } from '../../src/domain/journal.ts';

/** How long Redis keeps a question for the next entry, in ms. */
const blockMs = 500;

/** What a deployment's journal says of its replicas, a line each with the time, for whoever looks for what went wrong. */
export async function journalLines(url: string, deployment: string): Promise<string[]> {
  const redis = connectRedis({ url }, 'commands', () => {});
  try {
    await waitForRedis(redis, 10_000);
    const entries = await redis.xrange(storeKeys('siskin:').journal(deployment), '-', '+');
    return entries.flatMap(([, fields]) => {
      const { at, event } = readJournalEntry(fields[1] ?? '');
      if (event.type === 'run-began' || event.type === 'finished') return [`${at} ${event.type}`];
      return event.type === 'step-began' || event.type === 'step-ended'
        ? [`${at} ${event.type} ${event.step}`]
        : [];
    });
  } finally {
    redis.disconnect();
  }
}

/** A deployment's journal read in Redis itself: it tells of a step within a millisecond, and also while Siskin is dead. */
export class JournalReader {
  readonly #redis: Redis;
  readonly #deployment: string;
  #place = '0-0';
  #state = 'queued';
  #release: number | null = null;
  #read: { place: string; event: JournalEvent }[] = [];

  /** @param url of Redis, see connectRedis */
  constructor(url: string, deployment: string) {
    this.#redis = connectRedis({ url }, 'commands', () => {});
    this.#deployment = deployment;
  }

  /** The next event; waits for it, also while Redis is away. */
  async next(): Promise<JournalEvent> {
    for (;;) {
      const first = this.#read.shift();
      if (first !== undefined) {
        this.#place = first.place;
        return first.event;
      }
      this.#read = await this.#more().catch(async () => {
        await delay(20);
        return [];
      });
    }
  }

  /** Passes over what has been noted up to now. @returns those events */
  async skipToNow(): Promise<JournalEvent[]> {
    const key = storeKeys('siskin:').journal(this.#deployment);
    for (;;) {
      try {
        const entries = await this.#redis.xrange(key, `(${this.#place}`, '+');
        this.#read = [];
        this.#place = entries.at(-1)?.[0] ?? this.#place;
        return entries.map(([, fields]) => readJournalEntry(fields[1] ?? '').event);
      } catch {
        await delay(20);
      }
    }
  }

  /**
   * The name of the step boundary that an event is, the same for every rollout of a kind: `rolling: step-began Attach
   * new-2`, `state canary`; null for what is none. Asked for every event, in their order.
   */
  async boundaryOf(event: JournalEvent): Promise<string | null> {
    if (event.type === 'state') {
      this.#state = event.state;
      return `state ${event.state}`;
    }
    if (event.type !== 'step-began' && event.type !== 'step-ended') return null;
    const release = /\br\d+-/.test(event.step) ? await this.#releaseNumber() : null;
    const step = event.step.replace(/\br(\d+)-/g, (_, of) => (Number(of) === release ? 'new-' : 'old-'));
    return `${this.#state}: ${event.type} ${step}`;
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #more() {
    const key = storeKeys('siskin:').journal(this.#deployment);
    const found = await this.#redis.xread('COUNT', 100, 'BLOCK', blockMs, 'STREAMS', key, this.#place);
    const entries = found?.[0]?.[1] ?? [];
    return entries.map(([place, fields]) => ({ place, event: readJournalEntry(fields[1] ?? '').event }));
  }

  async #releaseNumber(): Promise<number> {
    while (this.#release === null) {
      const key = storeKeys('siskin:').deployment(this.#deployment);
      const text = await this.#redis.hget(key, 'release').catch(() => delay(20, null));
      if (text) this.#release = Number(text);
    }
    return this.#release;
  }
}
