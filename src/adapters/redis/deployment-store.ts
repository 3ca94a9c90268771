import { type Deployment, endStates, type Release } from '../../domain/deployment.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import { statesBefore } from '../../domain/release-state.ts';
import type {
  DeploymentCommand,
  DeploymentStore,
  EnvironmentRecord,
  Freeze,
  Lease,
  ScrapeTarget,
  WantedRelease,
} from '../../pipeline/ports.ts';
import { endFigures } from './end-figures.ts';
import { fencedWrite } from './fenced-write.ts';
import { boundedLine, logCapacity } from './log-lines.ts';
import {
  type AuditEntry,
  deploymentFields,
  readDeployment,
  readFreeze,
  readJournalEntry,
  readRelease,
  writeRelease,
} from './records.ts';
import { writeScrapeTargets } from './scrape-targets.ts';
import { reaching, type StoreContext } from './store-context.ts';

const deploymentCommands: readonly string[] = ['cancel', 'promote', 'rollback'] satisfies DeploymentCommand[];
const ended = JSON.stringify(endStates.map((state) => JSON.stringify(state)));

/** The records behind deployments, in Redis. Every write of a worker passes the fence inside its script. */
export class RedisDeploymentStore implements DeploymentStore {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  async environment(key: EnvironmentKey): Promise<EnvironmentRecord> {
    const { redis, keys } = this.#store;
    const fields = ['wanted', 'current', 'previous', 'frozen', 'running'] as const;
    const values = await reaching(() => redis.hmget(keys.environment(key), ...fields));
    const [wanted, current, previous, frozen, running] = values;
    return {
      ...key,
      wanted: wanted ?? null,
      running: running ?? null,
      current: releaseNumber(current),
      previous: releaseNumber(previous),
      frozen: readFreeze(frozen ?? null),
    };
  }

  async deployment(id: string): Promise<Deployment | null> {
    const { redis, keys } = this.#store;
    return readDeployment(await reaching(() => redis.hgetall(keys.deployment(id))));
  }

  /**
   * @throws SiskinError LEASE_LOST, NOT_FOUND, TRANSITION_REFUSED for a state that may not follow,
   *   DEPLOYMENT_ENDED after an end (to say the same end again is allowed, changes nothing and is not counted again)
   */
  async update(lease: Lease, id: string, change: Partial<Deployment>): Promise<void> {
    const fields = deploymentFields(change);
    if (fields.length === 0) return lease.assertHeld();
    const allowed = change.state === undefined ? [] : statesBefore(change.state);
    const state = change.state === undefined ? '' : JSON.stringify(change.state);
    const from = JSON.stringify(allowed.map((one) => JSON.stringify(one)));
    const figures = await endFigures(change, async () => ({
      deployment: await this.deployment(id),
      journal: await this.journal(id),
    }));
    const texts = [state, from, ended, JSON.stringify(fields), figures];
    await fencedWrite(this.#store, lease, 'siskinUpdateDeployment', id, ...texts);
  }

  async setServing(
    lease: Lease,
    _key: EnvironmentKey,
    serving: { current: number | null; previous: number | null },
  ): Promise<void> {
    const { current, previous } = serving;
    await fencedWrite(this.#store, lease, 'siskinSetServing', current ?? '', previous ?? '');
  }

  async freeze(lease: Lease, key: EnvironmentKey, freeze: Freeze): Promise<void> {
    const { by, reason, at } = freeze;
    const detail = `${environmentId(key)}: ${reason}`;
    const audit: AuditEntry = {
      at,
      actor: { kind: 'siskin', name: by },
      from: null,
      action: 'freeze',
      detail,
    };
    const texts = [JSON.stringify({ by, reason, at }), JSON.stringify(audit)];
    await fencedWrite(this.#store, lease, 'siskinFencedFreeze', ...texts);
  }

  async setScrapeTargets(lease: Lease, _key: EnvironmentKey, targets: ScrapeTarget[]): Promise<void> {
    await fencedWrite(this.#store, lease, 'siskinSetScrapeTargets', writeScrapeTargets(targets));
  }

  async journal(id: string): Promise<JournalEntry[]> {
    const { redis, keys } = this.#store;
    const entries = await reaching(() => redis.xrange(keys.journal(id), '-', '+'));
    return entries.map(([, fields]) => readJournalEntry(fields[1] ?? ''));
  }

  async append(lease: Lease, id: string, entries: JournalEntry[]): Promise<void> {
    const texts = entries.map((entry) => JSON.stringify(entry));
    await fencedWrite(this.#store, lease, 'siskinAppendJournal', id, ...texts);
  }

  async log(id: string, lines: string[]): Promise<void> {
    if (lines.length === 0) return;
    await this.#store.run('siskinAddLog', id, logCapacity, ...lines.slice(-logCapacity).map(boundedLine));
  }

  async commands(id: string): Promise<DeploymentCommand[]> {
    const { redis, keys } = this.#store;
    const given = await reaching(() => redis.lrange(keys.commands(id), 0, -1));
    return given.filter(isCommand);
  }

  async ensureRelease(lease: Lease, { specs, ...wanted }: WantedRelease): Promise<Release> {
    const services = specs.map((spec) => ({ spec, image: '', imageId: null }));
    const record = writeRelease({ ...wanted, services, servedWell: false });
    const identity = identityOf(wanted);
    const [number, stored] = await fencedWrite(this.#store, lease, 'siskinEnsureRelease', identity, record);
    return readRelease(wanted, String(number), String(stored));
  }

  async release(key: EnvironmentKey, release: number): Promise<Release | null> {
    const { redis, keys } = this.#store;
    const text = await reaching(() => redis.hget(keys.releases(key), String(release)));
    return text === null ? null : readRelease(key, String(release), text);
  }

  async releases(key: EnvironmentKey): Promise<Release[]> {
    const { redis, keys } = this.#store;
    const all = await reaching(() => redis.hgetall(keys.releases(key)));
    return Object.entries(all)
      .map(([number, text]) => readRelease(key, number, text))
      .sort((a, b) => a.release - b.release);
  }

  async setRunning(lease: Lease, _key: EnvironmentKey, id: string): Promise<void> {
    await fencedWrite(this.#store, lease, 'siskinSetRunning', id);
  }

  async restoreReleases(
    lease: Lease,
    _key: EnvironmentKey,
    releases: Release[],
    deployments: number[],
  ): Promise<void> {
    const records = releases.flatMap((one) => [one.release, identityOf(one), writeRelease(one)]);
    const highest = (numbers: number[]) => Math.max(0, ...numbers);
    const counters = [highest(deployments), highest(releases.map(({ release }) => release))];
    await fencedWrite(this.#store, lease, 'siskinRestoreReleases', ...counters, ...records);
  }

  async updateRelease(lease: Lease, release: Release): Promise<void> {
    await fencedWrite(this.#store, lease, 'siskinUpdateRelease', release.release, writeRelease(release));
  }
}

const releaseNumber = (text: string | null | undefined): number | null => (text ? Number(text) : null);

const isCommand = (text: string): text is DeploymentCommand => deploymentCommands.includes(text);

/** The same commit under another spec is another release. */
const identityOf = ({ sha, specHash }: Pick<Release, 'sha' | 'specHash'>): string => `${sha}:${specHash}`;
