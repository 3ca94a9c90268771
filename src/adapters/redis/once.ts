import { reaching, type StoreContext } from './store-context.ts';

/** What may be done only once, remembered for a while by all processes. All throw SiskinError STORE_UNAVAILABLE. */
export class RedisOnce {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /** @param seconds how long it is remembered @returns whether this is the first time */
  async claim(what: string, seconds: number): Promise<boolean> {
    const { redis } = this.#store;
    return (await reaching(() => redis.set(this.#key(what), '1', 'EX', seconds, 'NX'))) === 'OK';
  }

  /** It was not done after all. */
  async release(what: string): Promise<void> {
    await reaching(() => this.#store.redis.del(this.#key(what)));
  }

  #key(what: string): string {
    return `${this.#store.keys.prefix}once:${what}`;
  }
}
