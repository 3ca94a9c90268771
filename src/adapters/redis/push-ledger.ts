import { z } from 'zod';
import type { Actor, Deployment, DeploymentTarget } from '../../domain/deployment.ts';
import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import type { IgnoredHead } from '../../domain/reconcile/missed-head.ts';
import type { PushRecord } from '../../pipeline/ports.ts';
import { readIgnoredHead } from './ignored-head.ts';
import { type AuditEntry, deploymentFields, json, parsed } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

/** A deployment that was recorded, and the queued one it replaced. */
export interface RecordedDeployment extends EnvironmentKey {
  deployment: string;
  superseded: string | null;
}

export interface RecordedDelivery {
  duplicate: boolean;
  /** Of a duplicate: what its first arrival recorded. */
  deployments: RecordedDeployment[];
}

/** A deployment that a person or a program asks for. */
export interface DeploymentRequest extends EnvironmentKey {
  branch: string;
  target: DeploymentTarget;
  actor: Actor;
  /** Address of the asker, for the audit log. */
  from: string | null;
  /** What was asked, for the audit log: `deploy` or `rollback`. */
  action: string;
}

/** Deliveries are remembered as long as GitHub may send one again (3 days), and then some. */
const rememberSeconds = 8 * 24 * 3600;

/** Records what is wanted, durably and whole; then wakes the environments. */
export class RedisPushLedger {
  readonly #store: StoreContext;
  readonly #wake: (key: EnvironmentKey) => Promise<void>;
  readonly #onWakeFailed: (error: unknown) => void;

  /**
   * @param wake puts a wake-up into the queue
   * @param onWakeFailed told of a wake-up that failed: what is recorded stays, and the reconciler wakes it later
   */
  constructor(
    store: StoreContext,
    wake: (key: EnvironmentKey) => Promise<void>,
    onWakeFailed: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#wake = wake;
    this.#onWakeFailed = onWakeFailed;
  }

  /**
   * Records one delivery for all its environments in one step; a delivery that was recorded before does nothing.
   * @param delivery GitHub's GUID @param audit what to write into the audit log
   * @param ignored heads that are not deployed, for the reconciler to leave alone
   * @throws SiskinError STORE_UNAVAILABLE; then nothing is recorded, unless Redis died between the write and its answer
   */
  async record(
    delivery: string,
    pushes: PushRecord[],
    audit: Omit<AuditEntry, 'at'>,
    ignored: readonly (EnvironmentKey & IgnoredHead)[] = [],
  ): Promise<RecordedDelivery> {
    const { outcome, recorded } = await this.#recordAll({
      delivery,
      deployments: pushes.map(pushedDeployment),
      audit,
      ignored,
    });
    return { duplicate: outcome === 'duplicate', deployments: recorded };
  }

  /**
   * Records a push that the reconciler found, or a head that it leaves alone, unless something else became wanted of the
   * environment meanwhile: so that two reconcilers, or one and a late webhook, do it once.
   * @param wanted what was wanted when it was decided
   * @returns what was recorded (`deployment` null for an ignored head); null when something else is wanted now
   * @throws SiskinError STORE_UNAVAILABLE
   */
  async recordFound(
    found: PushRecord | (EnvironmentKey & IgnoredHead),
    wanted: string | null,
    audit: Omit<AuditEntry, 'at'>,
  ): Promise<{ deployment: string | null } | null> {
    const { outcome, recorded } = await this.#recordAll({
      delivery: '',
      deployments: 'delivery' in found ? [pushedDeployment(found)] : [],
      audit,
      ignored: 'delivery' in found ? [] : [found],
      guards: [[environmentId(found), wanted ?? '']],
    });
    return outcome === 'moved' ? null : { deployment: recorded[0]?.deployment ?? null };
  }

  /** The head that the environment's branch was last left at. @throws SiskinError STORE_UNAVAILABLE */
  async ignoredHead(key: EnvironmentKey): Promise<IgnoredHead | null> {
    const { redis, keys } = this.#store;
    return readIgnoredHead(await reaching(() => redis.hget(keys.environment(key), 'ignoredHead')));
  }

  /** Records a deployment that was asked for through the API. @throws SiskinError STORE_UNAVAILABLE */
  async request(request: DeploymentRequest): Promise<RecordedDeployment> {
    const { app, environment, branch, target, actor, from, action } = request;
    const audit = { actor, from, action, detail: `${environmentId(request)} ${JSON.stringify(target)}` };
    const fields = newDeployment({ app, environment, branch, target, actor, title: null, author: null });
    const { recorded } = await this.#recordAll({ delivery: '', deployments: [fields], audit });
    return parsed(recordedDeployment, recorded[0]);
  }

  /** @throws SiskinError STORE_UNAVAILABLE when Redis does not answer */
  async health(): Promise<void> {
    await reaching(() => this.#store.redis.ping());
  }

  async #recordAll({
    delivery,
    deployments,
    audit,
    ignored = [],
    guards = [],
  }: Recording): Promise<Recorded> {
    const now = new Date().toISOString();
    const heads = [...ignored.map(headEntry), ...deployments.flatMap(forgottenHead)];
    const perEnvironment = deployments.flatMap((one) => [
      environmentId(one),
      one.app,
      one.environment,
      JSON.stringify(deploymentFields({ ...one, createdAt: now })),
    ]);
    const entry = JSON.stringify({ ...audit, at: now });
    const fixed = [delivery, rememberSeconds, now, entry, JSON.stringify(guards), JSON.stringify(heads)];
    const written = await this.#store.run('siskinRecordDeployments', ...fixed, ...perEnvironment);
    const [outcome, results] = parsed(answer, written);
    const recorded = parsed(z.array(recordedDeployment), json(results));
    if (outcome === 'recorded') await Promise.all(recorded.map((one) => this.#wakeQuietly(one)));
    return { outcome, recorded };
  }

  async #wakeQuietly({ app, environment }: EnvironmentKey): Promise<void> {
    try {
      await this.#wake({ app, environment });
    } catch (error) {
      this.#onWakeFailed(error);
    }
  }
}

interface Recording {
  delivery: string;
  deployments: NewDeployment[];
  audit: Omit<AuditEntry, 'at'>;
  ignored?: readonly (EnvironmentKey & IgnoredHead)[];
  /** Environments by id, and the deployment that must still be wanted of each. */
  guards?: [environment: string, wanted: string][];
}

interface Recorded {
  outcome: 'recorded' | 'duplicate' | 'moved';
  recorded: RecordedDeployment[];
}

const answer = z.tuple([z.enum(['recorded', 'duplicate', 'moved']), z.string()]);
const recordedDeployment = z.object({
  app: z.string(),
  environment: z.string(),
  deployment: z.string(),
  superseded: z.string().nullable(),
});

type NewDeployment = Omit<Deployment, 'id' | 'createdAt'>;

const headEntry = ({ branch, sha, reason, ...key }: EnvironmentKey & IgnoredHead): [string, string] => [
  environmentId(key),
  JSON.stringify({ branch, sha, reason } satisfies IgnoredHead),
];

/** Once the branch itself is to be deployed, what it was left at before says nothing any more. */
const forgottenHead = (one: NewDeployment): [string, string][] =>
  one.target.kind === 'branch' ? [[environmentId(one), '']] : [];

const newDeployment = (
  asked: Pick<Deployment, 'app' | 'environment' | 'branch' | 'target' | 'actor' | 'title' | 'author'>,
): NewDeployment => ({
  ...asked,
  state: 'queued',
  reason: null,
  sha: null,
  release: null,
  baseline: null,
  supersededBy: null,
  startedAt: null,
  finishedAt: null,
});

const pushedDeployment = ({ app, environment, branch, sha, forced, title, author, actor }: PushRecord) =>
  newDeployment({
    app,
    environment,
    branch,
    actor,
    title,
    author,
    target: { kind: 'branch', pushedSha: sha, forced },
  });
