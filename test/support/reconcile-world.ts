import { join } from 'node:path';
import { GitSource } from '../../src/adapters/git/git-source.ts';
import { RedisHeadRecords } from '../../src/adapters/redis/head-records.ts';
import type { TrackedApp } from '../../src/domain/push-policy.ts';
import { LookMemory, lookAtRepository } from '../../src/pipeline/reconcile/look-at-repository.ts';
import type { HeadWorld } from '../../src/pipeline/reconcile/ports.ts';
import { trackedRepositories } from '../../src/pipeline/reconcile/tracked-repositories.ts';
import { createRepository, type TestRepository, temporaryFolder } from './git-repository.ts';
import { ManualClock } from './reconcile-clock.ts';
import type { TestRedis } from './redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from './redis-world.ts';

export const shop = { app: 'shop', environment: 'production' };

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;

/** A real repository whose branch `release` is tracked, a real Redis, and as many reconcilers as are asked for. */
export class ReconcileWorld {
  readonly lines: { message: string; fields: Record<string, unknown> }[] = [];
  readonly actions: string[] = [];
  readonly repository: TestRepository;
  readonly redis: RedisWorld;
  readonly #folder: Folder;
  #reconcilers = 0;

  private constructor(redis: RedisWorld, repository: TestRepository, folder: Folder) {
    this.redis = redis;
    this.repository = repository;
    this.#folder = folder;
  }

  static async open(redis: TestRedis): Promise<ReconcileWorld> {
    const folder = await temporaryFolder();
    const repository = await createRepository(join(folder.path, 'acme', 'shop'));
    await repository.commit({ file: '0' }, 'Root');
    await repository.branch('release');
    return new ReconcileWorld(await openRedisWorld(redis), repository, folder);
  }

  async close(): Promise<void> {
    await this.redis.close();
    await this.#folder.remove();
  }

  /** The address of a repository that is not there. */
  get nowhere(): string {
    return `file://${this.#folder.path}/gone`;
  }

  /** One Siskin's reconciler: its own mirrors, the common Redis. */
  reconciler(change: Partial<HeadWorld> = {}): HeadWorld {
    const { history, store, ledger } = this.redis;
    this.#reconcilers += 1;
    const dataDir = join(this.#folder.path, `data-${this.#reconcilers}`);
    const line = (fields: Record<string, unknown>, message: string) =>
      void this.lines.push({ message, fields });
    return {
      source: new GitSource({ dataDir, environment: { PATH: process.env.PATH } }),
      records: new RedisHeadRecords({ history, deployments: store, ledger }),
      clock: new ManualClock(),
      log: { info: line, warn: line },
      onAction: (action) => this.actions.push(action),
      ...change,
    };
  }

  app(forcedPushes: 'allow' | 'refuse' = 'allow', repository = this.repository.url): TrackedApp {
    const environments = [{ environment: 'production', branch: 'release', forcedPushes }];
    return { app: 'shop', repository, environments };
  }

  /** A reconciler that looks as often as it is told. */
  looker(reconciler = this.reconciler(), apps = [this.app()]): (times?: number) => Promise<void> {
    const memory = new LookMemory();
    const [tracked] = trackedRepositories(apps);
    if (!tracked) throw new Error('no repository');
    return async (times = 1) => {
      for (let time = 0; time < times; time += 1)
        await lookAtRepository(reconciler, tracked, memory, new AbortController().signal);
    };
  }

  /** A push whose webhook came, and was deployed. */
  async deployed(sha: string): Promise<void> {
    await this.redis.ledger.record('', [pushOf('x', { sha })], testAudit);
    await this.ended(sha);
  }

  /** The wanted deployment fetches this commit and ends. */
  async ended(sha: string, state: 'succeeded' | 'failed' = 'succeeded'): Promise<void> {
    const { leases, store } = this.redis;
    const lease = await leases.acquire(shop);
    const { wanted } = await store.environment(shop);
    if (!lease || wanted === null) throw new Error('there is one, and nobody else');
    await store.update(lease, wanted, { state: 'fetching' });
    await store.update(lease, wanted, { sha });
    await store.update(lease, wanted, { state });
    await lease.release();
  }

  /** What the deployments were to bring, newest first: the commit that was pushed, or the target's kind. */
  async targets(): Promise<(string | null)[]> {
    const deployments = await this.redis.history.list({ ...shop, limit: 50 });
    return deployments.map(({ target }) => (target.kind === 'branch' ? target.pushedSha : target.kind));
  }
}
