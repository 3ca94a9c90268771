import { randomUUID } from 'node:crypto';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import type { Lease, Leases } from '../../pipeline/ports.ts';
import { reaching, type StoreContext } from './store-context.ts';

export interface LeaseOptions {
  /** How long a lease lives without a renewal, in ms; it is renewed each third of that. */
  ttlMs?: number;
  /** A clock that never goes back, in ms. */
  monotonicMs?: () => number;
  /** Names the one process that works on a data directory, over its restarts; a random one when absent. */
  instance?: string;
}

/** Leases on environments with a growing fence, held in Redis. */
export class RedisLeases implements Leases {
  readonly #store: StoreContext;
  readonly #ttlMs: number;
  readonly #monotonicMs: () => number;
  readonly #instance: string;

  constructor(
    store: StoreContext,
    { ttlMs = 10_000, monotonicMs = () => performance.now(), instance = randomUUID() }: LeaseOptions = {},
  ) {
    this.#store = store;
    this.#ttlMs = ttlMs;
    this.#monotonicMs = monotonicMs;
    this.#instance = instance;
  }

  /** @returns null when another holds it. @throws SiskinError STORE_UNAVAILABLE */
  async acquire(key: EnvironmentKey): Promise<Lease | null> {
    const owner = `${this.#instance}:${randomUUID()}`;
    // The lease's end is counted from before the question: never later than Redis counts it.
    const asked = this.#monotonicMs();
    const fence = Number(await this.#store.run('siskinAcquireLease', environmentId(key), owner, this.#ttlMs));
    if (fence === 0) return null;
    return new RedisLease(this.#store, { key, owner, fence, ttlMs: this.#ttlMs }, asked, this.#monotonicMs);
  }

  /**
   * Ends every lease. Only for one who knows that nobody else works on this Redis: the fence keeps a mistake harmless,
   * for the next owner's is higher. @throws SiskinError STORE_UNAVAILABLE
   */
  async endAll(): Promise<void> {
    const { redis, keys } = this.#store;
    await reaching(async () => {
      const environments = await redis.smembers(keys.environments);
      if (environments.length > 0) await redis.del(...environments.map((id) => `${keys.prefix}lease:${id}`));
    });
  }

  /**
   * Ends the leases that an earlier process of this instance has left. Only for one who knows that it is dead: the lock on
   * the data directory tells. @throws SiskinError STORE_UNAVAILABLE
   */
  async endOwn(): Promise<void> {
    const { redis, keys } = this.#store;
    const environments = await reaching(() => redis.smembers(keys.environments));
    for (const id of environments) {
      const owner = await reaching(() => redis.get(`${keys.prefix}lease:${id}`));
      if (owner?.startsWith(`${this.#instance}:`)) await this.#store.run('siskinReleaseLease', id, owner);
    }
  }
}

interface Grant {
  key: EnvironmentKey;
  owner: string;
  fence: number;
  ttlMs: number;
}

/** A lease that renews itself until it is released or lost. */
export class RedisLease implements Lease {
  readonly key: EnvironmentKey;
  readonly owner: string;
  readonly fence: number;
  readonly #store: StoreContext;
  readonly #ttlMs: number;
  readonly #monotonicMs: () => number;
  readonly #loss = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #validUntil: number;

  constructor(store: StoreContext, grant: Grant, grantedAt: number, monotonicMs: () => number) {
    this.key = grant.key;
    this.owner = grant.owner;
    this.fence = grant.fence;
    this.#store = store;
    this.#ttlMs = grant.ttlMs;
    this.#monotonicMs = monotonicMs;
    this.#validUntil = grantedAt + grant.ttlMs;
    this.#timer = setInterval(() => void this.#renew(), grant.ttlMs / 3);
  }

  get lost(): AbortSignal {
    return this.#loss.signal;
  }

  async assertHeld(): Promise<void> {
    this.#noticeTime();
    if (this.lost.aborted) throw this.#lostError();
    const answer = await this.#store.run('siskinCheckFence', ...this.fenceArguments());
    if (Array.isArray(answer) && answer[0] === 'OK') return;
    this.#lose();
    throw this.#lostError();
  }

  async release(): Promise<void> {
    this.#lose();
    await this.#store.run('siskinReleaseLease', environmentId(this.key), this.owner);
  }

  /** What every fenced write begins with. */
  fenceArguments(): [string, number, string] {
    return [environmentId(this.key), this.fence, this.owner];
  }

  async #renew(): Promise<void> {
    this.#noticeTime();
    if (this.lost.aborted) return;
    const asked = this.#monotonicMs();
    try {
      const renewed = await this.#store.run(
        'siskinRenewLease',
        environmentId(this.key),
        this.owner,
        this.#ttlMs,
      );
      if (renewed === 1) this.#validUntil = asked + this.#ttlMs;
      else this.#lose();
    } catch {
      // Redis is away: the next third may reach it, and the clock ends the lease if none does.
      this.#noticeTime();
    }
  }

  #noticeTime(): void {
    if (this.#monotonicMs() >= this.#validUntil) this.#lose();
  }

  #lose(): void {
    clearInterval(this.#timer);
    this.#loss.abort(this.#lostError());
  }

  #lostError(): SiskinError {
    return new SiskinError(
      'LEASE_LOST',
      `The lease ${this.fence} on ${environmentId(this.key)} is not held any more.`,
    );
  }
}
