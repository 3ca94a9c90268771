import type { Redis } from 'ioredis';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { Signals } from '../../pipeline/ports.ts';
import type { StoreContext } from './store-context.ts';

/** Changes of environments over pub/sub. A lost connection calls everybody back when it is there again: something may have been missed. */
export class RedisSignals implements Signals {
  readonly #subscriber: Redis;
  readonly #store: StoreContext;
  readonly #onError: (error: unknown) => void;
  readonly #callbacks = new Map<string, Set<() => void>>();

  /** @param subscriber made with the role `subscriber`, for this alone */
  constructor(store: StoreContext, subscriber: Redis, onError: (error: unknown) => void) {
    this.#store = store;
    this.#subscriber = subscriber;
    this.#onError = onError;
    subscriber.on('message', (channel: string) => this.#call(channel));
    subscriber.on('ready', () => {
      for (const channel of this.#callbacks.keys()) this.#call(channel);
    });
  }

  onChange(key: EnvironmentKey, callback: () => void): () => void {
    const channel = this.#store.keys.signal(key);
    const callbacks = this.#callbacks.get(channel) ?? new Set();
    this.#callbacks.set(channel, callbacks.add(callback));
    if (callbacks.size === 1) void this.#subscribe(channel);
    return () => {
      if (!callbacks.delete(callback) || callbacks.size > 0) return;
      this.#callbacks.delete(channel);
      this.#subscriber.unsubscribe(channel).catch(this.#onError);
    };
  }

  /** What changed before the subscription stood is told too. */
  async #subscribe(channel: string): Promise<void> {
    try {
      await this.#subscriber.subscribe(channel);
      this.#call(channel);
    } catch (error) {
      this.#onError(error);
    }
  }

  #call(channel: string): void {
    for (const callback of this.#callbacks.get(channel) ?? []) callback();
  }
}
