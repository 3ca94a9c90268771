import { z } from 'zod';
import { deploymentStates, endStates, isEndState } from '../../domain/deployment.ts';
import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import {
  type EnvironmentHistory,
  expiredDeployments,
  forgettableReleases,
  type PastDeployment,
  type RetentionPolicy,
} from '../../domain/retention.ts';
import { json, parsed } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

export interface Forgotten {
  deployments: number;
  releases: number;
}

/** Records that one script call forgets at most, and that one round trip reads: Redis serves others in between. */
const forgottenAtOnce = 50;
const readAtOnce = 200;

const ended = JSON.stringify(endStates.map((state) => JSON.stringify(state)));

/** Keeps the history from growing without bound. Several processes may do so at once: every removal is checked again. */
export class RedisRetention {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /**
   * Forgets, in all environments, what the policy lets go.
   * @param stop between two batches it ends early
   * @returns how much was forgotten by this call
   * @throws SiskinError STORE_UNAVAILABLE of the first environment that could not be read; the others were tidied
   */
  async run(policy: RetentionPolicy, now: Date, stop?: AbortSignal): Promise<Forgotten> {
    const { redis, keys } = this.#store;
    const forgotten = { deployments: 0, releases: 0 };
    const failures: unknown[] = [];
    for (const id of await reaching(() => redis.smembers(keys.environments))) {
      const [app = '', environment = ''] = id.split('/');
      try {
        const { deployments, releases } = await this.#forget({ app, environment }, policy, now, stop);
        forgotten.deployments += deployments;
        forgotten.releases += releases;
      } catch (error) {
        failures.push(error);
      }
      if (stop?.aborted) break;
    }
    if (failures.length > 0) throw failures[0];
    return forgotten;
  }

  async #forget(
    key: EnvironmentKey,
    policy: RetentionPolicy,
    now: Date,
    stop: AbortSignal | undefined,
  ): Promise<Forgotten> {
    const history = await this.#read(key);
    const expired = expiredDeployments(history, now, policy);
    const releases = forgettableReleases(history, expired).map((number) => history.records.get(number));
    const forgotten = { deployments: 0, releases: 0 };
    // Deployments first: then none that is on record names a release that is not.
    const batches = [
      ...inBatches(expired).map((ids) => [JSON.stringify(ids), history.mayChangeFrom, '[]'] as const),
      ...inBatches(releases).map((some) => ['[]', history.mayChangeFrom, JSON.stringify(some)] as const),
    ];
    for (const batch of batches) {
      if (stop?.aborted) break;
      const answer = await this.#store.run('siskinForget', environmentId(key), ended, ...batch);
      const [deploymentsGone, releasesGone] = parsed(counts, answer);
      forgotten.deployments += deploymentsGone;
      forgotten.releases += releasesGone;
    }
    return forgotten;
  }

  async #read(key: EnvironmentKey): Promise<StoredHistory> {
    const { redis, keys } = this.#store;
    const ids = await reaching(() => redis.zrange(keys.history(key), '0', '-1'));
    const deployments = await this.#deployments(ids);
    const serving = await reaching(() => redis.hmget(keys.environment(key), 'wanted', 'current', 'previous'));
    const stored = await reaching(() => redis.hgetall(keys.releases(key)));
    const releases = Object.entries(stored).map(([number, text]) => readRelease(number, text));
    const oldestOpen = deployments.find(({ state }) => !isEndState(state))?.id ?? ids.at(-1);
    return {
      deployments,
      releases,
      wanted: serving[0] ?? null,
      current: Number(serving[1]) || null,
      previous: Number(serving[2]) || null,
      mayChangeFrom: Number(oldestOpen?.slice(1) ?? 0),
      records: new Map(releases.map(({ release, record }) => [release, record])),
    };
  }

  async #deployments(ids: string[]): Promise<PastDeployment[]> {
    const { redis, keys } = this.#store;
    const found: PastDeployment[] = [];
    for (let at = 0; at < ids.length; at += readAtOnce) {
      const page = ids.slice(at, at + readAtOnce);
      const records = await Promise.all(
        page.map((id) => reaching(() => redis.hmget(keys.deployment(id), ...fields))),
      );
      found.push(...records.flatMap((values, index) => readPast(page[index] ?? '', values)));
    }
    return found;
  }
}

interface StoredHistory extends EnvironmentHistory {
  /** Number of the oldest deployment that may still change its release. */
  mayChangeFrom: number;
  /** By release: number, identity and text, as the script compares them. */
  records: Map<number, string[]>;
}

const fields = ['state', 'target', 'release', 'baseline', 'createdAt', 'finishedAt'] as const;

/** @returns none for one that another process forgot meanwhile */
function readPast(id: string, values: (string | null)[]): PastDeployment[] {
  if (values[0] === null) return [];
  const texts = fields.map((name, index) => [name, json(values[index] ?? 'null')] as const);
  return [parsed(pastDeployment, { ...Object.fromEntries(texts), id })];
}

function readRelease(number: string, text: string) {
  const { sha, specHash, deployment, imageId, services } = parsed(storedRelease, json(text));
  const anyImage = imageId ?? services.find((part) => part.imageId !== null)?.imageId ?? null;
  return {
    deployment,
    imageId: anyImage,
    release: Number(number),
    record: [number, `${sha}:${specHash}`, text],
  };
}

const inBatches = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / forgottenAtOnce) }, (_, batch) =>
    list.slice(batch * forgottenAtOnce, (batch + 1) * forgottenAtOnce),
  );

const pastDeployment = z.object({
  id: z.string(),
  target: z.object({ kind: z.enum(['branch', 'commit', 'release']) }),
  state: z.enum(deploymentStates),
  release: z.int().nullable(),
  baseline: z.int().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
});

const storedRelease = z.object({
  sha: z.string(),
  specHash: z.string(),
  deployment: z.string(),
  imageId: z.string().nullable().default(null),
  services: z.array(z.object({ imageId: z.string().nullable() })).default([]),
});

const counts = z.tuple([z.int(), z.int()]);
