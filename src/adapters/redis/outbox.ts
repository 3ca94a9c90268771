import type { Redis } from 'ioredis';
import type { Outbox, Told } from '../../pipeline/notify/ports.ts';
import { json } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

/** What changed and was not told yet. The scripts that write deployments note the changes; see lua/outbox.ts. */
export class RedisOutbox implements Outbox {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  async revision(deployment: string): Promise<number | null> {
    const { redis, keys } = this.#store;
    const text = await reaching(() => redis.hget(keys.outbox, deployment));
    return text === null ? null : Number(text);
  }

  async told(channel: string, deployment: string): Promise<Told> {
    const { redis, keys } = this.#store;
    const fields = ['revision', 'memory', 'at', 'state'].map((name) => `${channel}:${name}`);
    const values = await reaching(() => redis.hmget(keys.notices(deployment), ...fields));
    const [revision, memory, at, state] = values;
    return {
      revision: Number(revision ?? 0),
      memory: memory ? json(memory) : null,
      at: Number(at ?? 0),
      state: state ?? null,
    };
  }

  async remember(channel: string, deployment: string, memory: unknown): Promise<void> {
    await this.#store.run('siskinNoteNotice', deployment, `${channel}:memory`, JSON.stringify(memory));
  }

  async noteTold(channel: string, deployment: string, told: Omit<Told, 'memory'>): Promise<void> {
    const { revision, at, state } = told;
    const fields = [`${channel}:revision`, revision, `${channel}:at`, Math.round(at)];
    await this.#store.run('siskinNoteNotice', deployment, ...fields, `${channel}:state`, state ?? '');
  }

  async settle(deployment: string, channels: readonly string[], revision: number): Promise<void> {
    await this.#store.run('siskinSettleNotice', deployment, revision, ...channels);
  }

  async drop(deployment: string): Promise<void> {
    const { redis, keys } = this.#store;
    await reaching(() => redis.hdel(keys.outbox, deployment));
  }

  async quietMs(channel: string): Promise<number> {
    const { redis, keys } = this.#store;
    return Math.max(0, await reaching(() => redis.pttl(keys.quiet(channel))));
  }

  async setQuiet(channel: string, ms: number): Promise<void> {
    const { redis, keys } = this.#store;
    await reaching(() => redis.set(keys.quiet(channel), '1', 'PX', Math.max(1, Math.round(ms))));
  }

  /** Deployments that changed since they were told everywhere. */
  async pending(): Promise<string[]> {
    const { redis, keys } = this.#store;
    return reaching(() => redis.hkeys(keys.outbox));
  }

  /** Forgets all of it: where nobody is told anything. */
  async clear(): Promise<void> {
    const { redis, keys } = this.#store;
    await reaching(() => redis.unlink(keys.outbox));
  }

  /**
   * Calls back at every change, and without a deployment when changes may have been missed.
   * @param subscriber made with the role `subscriber`, for this alone
   */
  follow(subscriber: Redis, callback: (deployment: string | null) => void): void {
    const channel = this.#store.keys.outbox;
    subscriber.on('message', (from: string, deployment: string) => {
      if (from === channel) callback(deployment);
    });
    subscriber.on('ready', () => callback(null));
    subscriber.subscribe(channel).then(
      () => callback(null),
      // it subscribes again by itself when the connection is there, and `ready` is told then
      () => callback(null),
    );
  }
}
