import { z } from 'zod';
import {
  type DeploymentState,
  deploymentStates,
  type EndState,
  endStates,
  isEndState,
} from '../../domain/deployment.ts';
import { type Change, type DoraFigures, doraFigures, doraWindowMs } from '../../domain/dora.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import { type DeploymentStage, deploymentStages } from '../../domain/stage-durations.ts';
import { stageBuckets } from './end-figures.ts';
import { json, parsed } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

/** Deployments of one environment that ended so. */
export interface OutcomeCount extends EnvironmentKey {
  outcome: EndState;
  count: number;
}

/** How long deployments were in one stage; `buckets` are not cumulative. */
export interface StageFigures {
  stage: DeploymentStage;
  buckets: { le: number; count: number }[];
  sumSeconds: number;
}

type FigureName = Parameters<StoreContext['keys']['figures']>[0];
export type NoticeOutcome = 'told' | 'failed' | 'given-up';

const actionPattern = /^[a-z][a-z0-9-]{0,40}$/;

/** The figures that all processes share: counted by whoever does a thing, read by whoever is scraped. */
export class RedisFigures {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /** Of these environments every outcome, also those that did not happen yet. @throws SiskinError STORE_UNAVAILABLE */
  async outcomes(environments: readonly EnvironmentKey[]): Promise<OutcomeCount[]> {
    const counts = await this.#hash('deployments');
    return environments.flatMap(({ app, environment }) =>
      endStates.map((outcome) => ({
        app,
        environment,
        outcome,
        count: counts[`${app}/${environment}/${outcome}`] ?? 0,
      })),
    );
  }

  /** What these environments' deployments that have not ended are at. @throws SiskinError STORE_UNAVAILABLE */
  async unfinished(
    environments: readonly EnvironmentKey[],
  ): Promise<(EnvironmentKey & { state: DeploymentState })[]> {
    const states = environments.map(async ({ app, environment }) =>
      (await this.#unfinishedStates({ app, environment })).map((state) => ({ app, environment, state })),
    );
    return (await Promise.all(states)).flat();
  }

  async #unfinishedStates(key: EnvironmentKey): Promise<DeploymentState[]> {
    const { redis, keys } = this.#store;
    const ids = await reaching(() => redis.hmget(keys.environment(key), 'running', 'wanted'));
    const known = [...new Set(ids)].filter((id) => id !== null);
    const texts = await reaching(() =>
      Promise.all(known.map((id) => redis.hget(keys.deployment(id), 'state'))),
    );
    const states = texts.flatMap((text) => (text === null ? [] : [parsed(deploymentState, json(text))]));
    return [...new Set(states)].filter((state) => !isEndState(state));
  }

  /** Every stage. @throws SiskinError STORE_UNAVAILABLE */
  async stages(): Promise<StageFigures[]> {
    const counts = await this.#hash('stages');
    return deploymentStages.map((stage) => ({
      stage,
      buckets: [
        ...stageBuckets.map((le) => ({ le, count: counts[`${stage}:${le}`] ?? 0 })),
        { le: Number.POSITIVE_INFINITY, count: counts[`${stage}:beyond`] ?? 0 },
      ],
      sumSeconds: (counts[`${stage}:sum`] ?? 0) / 1_000,
    }));
  }

  /** The reconciler did something. @param action a name in the code, never anything from outside */
  async countReconcileAction(action: string, times = 1): Promise<void> {
    if (!actionPattern.test(action)) throw new RangeError(`${action} is no name of an action`);
    const { redis, keys } = this.#store;
    await reaching(() => redis.hincrby(keys.figures('reconcile'), action, times));
  }

  /** The same for those who do not wait for it. @param onError told when it could not be counted */
  reconcileCounter(onError: (error: unknown) => void): (action: string) => void {
    return (action) => void this.countReconcileAction(action).catch(onError);
  }

  /** What the reconcilers did, by action. @throws SiskinError STORE_UNAVAILABLE */
  reconcileActions(): Promise<Record<string, number>> {
    return this.#hash('reconcile');
  }

  /** A notice was told, failed to be, or was given up. @param channel a name in the code */
  async countNotice(channel: string, outcome: NoticeOutcome): Promise<void> {
    const { redis, keys } = this.#store;
    await reaching(() => redis.hincrby(keys.figures('notices'), `${channel}:${outcome}`, 1));
  }

  /** Notices by channel and outcome, of those that happened. @throws SiskinError STORE_UNAVAILABLE */
  async notices(): Promise<{ channel: string; outcome: string; count: number }[]> {
    return Object.entries(await this.#hash('notices')).map(([field, count]) => {
      const [channel = '', outcome = ''] = field.split(':');
      return { channel, outcome, count };
    });
  }

  /** Deployments of which something was not told everywhere yet. @throws SiskinError STORE_UNAVAILABLE */
  untold(): Promise<number> {
    const { redis, keys } = this.#store;
    return reaching(() => redis.hlen(keys.outbox));
  }

  /** How many of all environments some worker works on. @throws SiskinError STORE_UNAVAILABLE */
  async environmentsHeld(): Promise<number> {
    const { redis, keys } = this.#store;
    const ids = await reaching(() => redis.smembers(keys.environments));
    if (ids.length === 0) return 0;
    return reaching(() => redis.exists(...ids.map((id) => keys.lease(keyOf(id)))));
  }

  /** The DORA figures of these environments over the 30 days before now. @throws SiskinError STORE_UNAVAILABLE */
  dora(environments: readonly EnvironmentKey[], now: Date): Promise<(EnvironmentKey & DoraFigures)[]> {
    return Promise.all(
      environments.map(async ({ app, environment }) => ({
        app,
        environment,
        ...doraFigures(await this.#changes({ app, environment }, now), now),
      })),
    );
  }

  async #changes(key: EnvironmentKey, now: Date): Promise<Change[]> {
    const { redis, keys } = this.#store;
    const since = String(now.getTime() - doraWindowMs);
    const members = await reaching(() => redis.zrangebyscore(keys.changes(key), since, '+inf'));
    return members.map((member) => parsed(change, json(member)));
  }

  async #hash(name: FigureName): Promise<Record<string, number>> {
    const { redis, keys } = this.#store;
    const counts = await reaching(() => redis.hgetall(keys.figures(name)));
    return Object.fromEntries(Object.entries(counts).map(([field, count]) => [field, Number(count)]));
  }
}

const keyOf = (id: string): EnvironmentKey => {
  const [app = '', environment = ''] = id.split('/');
  return { app, environment };
};

const deploymentState = z.enum(deploymentStates);

const change = z.object({
  deployment: z.string(),
  outcome: z.enum(['succeeded', 'returned', 'failed']),
  createdAt: z.number(),
  servedAt: z.number(),
  finishedAt: z.number(),
});
