import { z } from 'zod';
import { type Deployment, type DeploymentState, endStates, type Release } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import { isBuilt } from '../../domain/release.ts';
import type { DeploymentCommand, EnvironmentRecord, Freeze } from '../../pipeline/ports.ts';
import { RedisDeploymentStore } from './deployment-store.ts';
import { type AuditEntry, parsed, readAuditEntry, readDeployment } from './records.ts';
import { type EnvironmentTargets, readScrapeTargets } from './scrape-targets.ts';
import { reaching, type StoreContext } from './store-context.ts';

export interface DeploymentFilter {
  app?: string;
  environment?: string;
  state?: DeploymentState;
  /** 1..200. */
  limit: number;
}

/** How many records a filtered listing looks at, at most. */
const scanLimit = 5_000;
const pageSize = 200;

/** What happened, for people and programs: reading deployments, giving them commands, the audit log. */
export class RedisHistory {
  readonly #store: StoreContext;
  readonly #deployments: RedisDeploymentStore;

  constructor(store: StoreContext) {
    this.#store = store;
    this.#deployments = new RedisDeploymentStore(store);
  }

  /** Newest first. A filter looks at the newest 5,000 deployments. @throws SiskinError STORE_UNAVAILABLE */
  async list(filter: DeploymentFilter): Promise<Deployment[]> {
    const { redis, keys } = this.#store;
    const { app, environment, limit } = filter;
    const index = keys.history(app && environment ? { app, environment } : undefined);
    const found: Deployment[] = [];
    for (let start = 0; start < scanLimit && found.length < limit; start += pageSize) {
      const ids = await reaching(() => redis.zrevrange(index, start, start + pageSize - 1));
      const page = await Promise.all(ids.map((id) => this.#deployments.deployment(id)));
      found.push(...page.filter((one): one is Deployment => one !== null && matches(one, filter)));
      if (ids.length < pageSize) break;
    }
    return found.slice(0, limit);
  }

  /** @returns null when there is none */
  async get(id: string): Promise<{ deployment: Deployment; journal: JournalEntry[] } | null> {
    const deployment = await this.#deployments.deployment(id);
    return deployment && { deployment, journal: await this.#deployments.journal(id) };
  }

  /** What people did to it, the oldest first; at most the last 50. @throws SiskinError STORE_UNAVAILABLE */
  async people(id: string): Promise<AuditEntry[]> {
    const { redis, keys } = this.#store;
    return (await reaching(() => redis.lrange(keys.people(id), 0, -1))).map(readAuditEntry);
  }

  /** The last lines of its log, the oldest first. @throws SiskinError STORE_UNAVAILABLE */
  async logTail(id: string, lines: number): Promise<string[]> {
    const { redis, keys } = this.#store;
    const entries = await reaching(() => redis.xrevrange(keys.log(id), '+', '-', 'COUNT', lines));
    return entries.map(([, fields]) => fields[1] ?? '').reverse();
  }

  environment(key: EnvironmentKey): Promise<EnvironmentRecord> {
    return this.#deployments.environment(key);
  }

  /** All that are on record, the oldest first. @throws SiskinError STORE_UNAVAILABLE */
  releases(key: EnvironmentKey): Promise<Release[]> {
    return this.#deployments.releases(key);
  }

  /** @returns null when there is no such release */
  async releaseState(key: EnvironmentKey, release: number): Promise<{ built: boolean } | null> {
    const record = await this.#deployments.release(key, release);
    return record && { built: isBuilt(record) };
  }

  /**
   * Gives a running deployment a command; to give the last one again is to give it once, but for `promote`, which
   * may then mean something else. `promote` also lets a frozen environment go on.
   * @throws SiskinError NOT_FOUND, DEPLOYMENT_ENDED, STORE_UNAVAILABLE
   */
  async addCommand(id: string, command: DeploymentCommand, audit: Omit<AuditEntry, 'at'>): Promise<void> {
    const { redis, keys } = this.#store;
    const deployment = readDeployment(await reaching(() => redis.hgetall(keys.deployment(id))));
    if (deployment === null) throw new SiskinError('NOT_FOUND', `There is no deployment ${id}.`);
    const ended = JSON.stringify(endStates.map((state) => JSON.stringify(state)));
    const entry = auditText(audit, new Date());
    const args = [id, command, ended, environmentId(deployment), entry];
    const [code] = parsed(scriptAnswer, await this.#store.run('siskinAddCommand', ...args));
    if (code === 'OK') return;
    throw new SiskinError('DEPLOYMENT_ENDED', `${id} has ended: ${deployment.state}.`);
  }

  /**
   * Makes an environment stand still. @returns whether it did not do so already; then its first reason stays
   * @throws SiskinError STORE_UNAVAILABLE
   */
  async freeze(key: EnvironmentKey, freeze: Freeze, audit: Omit<AuditEntry, 'at'>): Promise<boolean> {
    const texts = [JSON.stringify(freeze), auditText(audit, new Date(freeze.at))];
    const changed = await this.#store.run('siskinFreeze', environmentId(key), ...texts);
    return parsed(z.int(), changed) === 1;
  }

  /** Lets an environment go on. @returns whether it stood still @throws SiskinError STORE_UNAVAILABLE */
  async unfreeze(key: EnvironmentKey, audit: Omit<AuditEntry, 'at'>): Promise<boolean> {
    const text = auditText(audit, new Date());
    return parsed(z.int(), await this.#store.run('siskinUnfreeze', environmentId(key), text)) === 1;
  }

  /** @see readScrapeTargets */
  scrapeTargets(onUnreadable: (environment: string, error: unknown) => void): Promise<EnvironmentTargets[]> {
    return readScrapeTargets(this.#store, onUnreadable);
  }
}

const auditText = (entry: Omit<AuditEntry, 'at'>, at: Date): string =>
  JSON.stringify({ ...entry, at: at.toISOString() });

const scriptAnswer = z.tuple([z.string()], z.unknown());

const matches = (deployment: Deployment, { app, environment, state }: DeploymentFilter): boolean =>
  (app === undefined || deployment.app === app) &&
  (environment === undefined || deployment.environment === environment) &&
  (state === undefined || deployment.state === state);
