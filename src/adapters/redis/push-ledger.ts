import { z } from 'zod';
import type { Actor, Deployment, DeploymentTarget } from '../../domain/deployment.ts';
import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import type { PushRecord } from '../../pipeline/ports.ts';
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
   * @throws SiskinError STORE_UNAVAILABLE; then nothing is recorded, unless Redis died between the write and its answer
   */
  async record(
    delivery: string,
    pushes: PushRecord[],
    audit: Omit<AuditEntry, 'at'>,
  ): Promise<RecordedDelivery> {
    return this.#recordAll(delivery, pushes.map(pushedDeployment), audit);
  }

  /** Records a deployment that was asked for through the API. @throws SiskinError STORE_UNAVAILABLE */
  async request(request: DeploymentRequest): Promise<RecordedDeployment> {
    const { app, environment, branch, target, actor, from, action } = request;
    const audit = { actor, from, action, detail: `${environmentId(request)} ${JSON.stringify(target)}` };
    const fields = newDeployment({ app, environment, branch, target, actor, title: null, author: null });
    const { deployments } = await this.#recordAll('', [fields], audit);
    return parsed(recordedDeployment, deployments[0]);
  }

  /** @throws SiskinError STORE_UNAVAILABLE when Redis does not answer */
  async health(): Promise<void> {
    await reaching(() => this.#store.redis.ping());
  }

  async #recordAll(
    delivery: string,
    deployments: NewDeployment[],
    audit: Omit<AuditEntry, 'at'>,
  ): Promise<RecordedDelivery> {
    const now = new Date().toISOString();
    const perEnvironment = deployments.flatMap((one) => [
      environmentId(one),
      one.app,
      one.environment,
      JSON.stringify(deploymentFields({ ...one, createdAt: now })),
    ]);
    const entry = JSON.stringify({ ...audit, at: now });
    const args = [delivery, rememberSeconds, now, entry, ...perEnvironment];
    const [outcome, results] = parsed(answer, await this.#store.run('siskinRecordDeployments', ...args));
    const recorded = parsed(z.array(recordedDeployment), json(results));
    if (outcome === 'recorded') await Promise.all(recorded.map((one) => this.#wakeQuietly(one)));
    return { duplicate: outcome === 'duplicate', deployments: recorded };
  }

  async #wakeQuietly({ app, environment }: EnvironmentKey): Promise<void> {
    try {
      await this.#wake({ app, environment });
    } catch (error) {
      this.#onWakeFailed(error);
    }
  }
}

const answer = z.tuple([z.enum(['recorded', 'duplicate']), z.string()]);
const recordedDeployment = z.object({
  app: z.string(),
  environment: z.string(),
  deployment: z.string(),
  superseded: z.string().nullable(),
});

type NewDeployment = Omit<Deployment, 'id' | 'createdAt'>;

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
