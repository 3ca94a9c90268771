import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import type { IgnoredHead, KnownHeads } from '../../domain/reconcile/missed-head.ts';
import type { PushRecord } from '../../pipeline/ports.ts';
import type { HeadRecords } from '../../pipeline/reconcile/ports.ts';
import type { RedisDeploymentStore } from './deployment-store.ts';
import type { RedisHistory } from './history.ts';
import type { RedisPushLedger } from './push-ledger.ts';

/** How many deployments of an environment are asked about its branch. */
const newest = 50;
const actor = { kind: 'siskin' as const, name: 'reconciler' };

/** What is on record of branches, over the other adapters of the same Redis. */
export class RedisHeadRecords implements HeadRecords {
  readonly #history: RedisHistory;
  readonly #deployments: RedisDeploymentStore;
  readonly #ledger: RedisPushLedger;

  constructor({ history, deployments, ledger }: RedisHeadStores) {
    this.#history = history;
    this.#deployments = deployments;
    this.#ledger = ledger;
  }

  async wanted(key: EnvironmentKey): Promise<string | null> {
    return (await this.#deployments.environment(key)).wanted;
  }

  async known({ app, environment }: EnvironmentKey): Promise<KnownHeads> {
    const key = { app, environment };
    const [deployments, ignored, { current }] = await Promise.all([
      this.#history.list({ ...key, limit: newest }),
      this.#ledger.ignoredHead(key),
      this.#deployments.environment(key),
    ]);
    const serving = current === null ? null : await this.#deployments.release(key, current);
    return { deployments, ignored, serving: serving?.sha ?? null };
  }

  async recordFound(push: PushRecord, wanted: string | null): Promise<string | null> {
    const { delivery, branch, sha, forced } = push;
    const detail = JSON.stringify({ delivery, environment: environmentId(push), branch, sha, forced });
    const audit = { actor, from: null, action: 'push-found', detail };
    return (await this.#ledger.recordFound(push, wanted, audit))?.deployment ?? null;
  }

  async ignore(key: EnvironmentKey, head: IgnoredHead, wanted: string | null): Promise<boolean> {
    const { app, environment } = key;
    const detail = JSON.stringify({ environment: environmentId(key), ...head });
    const audit = { actor, from: null, action: 'head-ignored', detail };
    return (await this.#ledger.recordFound({ app, environment, ...head }, wanted, audit)) !== null;
  }
}

export interface RedisHeadStores {
  history: RedisHistory;
  deployments: RedisDeploymentStore;
  ledger: RedisPushLedger;
}
