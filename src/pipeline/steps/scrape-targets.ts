import { isDeepStrictEqual } from 'node:util';
import type { GlancedReplica } from '../../domain/observation.ts';
import type { MetricsSpec } from '../../domain/service-spec.ts';
import type { ScrapeTarget } from '../ports.ts';
import type { RolloutContext } from '../run-context.ts';

/** Tells Prometheus where the replicas' own metrics are, whenever that has changed. */
export class ScrapeTargets {
  readonly #context: Pick<RolloutContext, 'world' | 'lease' | 'app' | 'release'>;
  readonly #endpoints = new Map<number, Endpoint | null>();
  #told: ScrapeTarget[] | undefined;

  constructor(context: Pick<RolloutContext, 'world' | 'lease' | 'app' | 'release'>) {
    this.#context = context;
  }

  /** @throws SiskinError LEASE_LOST, STORE_UNAVAILABLE */
  async follow({ replicas }: { replicas: readonly GlancedReplica[] }): Promise<void> {
    const running = replicas.filter(({ status }) => status === 'running');
    const found = await Promise.all(running.map((replica) => this.#targetOf(replica)));
    const targets = found.flat().sort((a, b) => (a.replica < b.replica ? -1 : 1));
    if (isDeepStrictEqual(targets, this.#told)) return;
    const { world, lease, app } = this.#context;
    await world.store.setScrapeTargets(lease, app, targets);
    this.#told = targets;
  }

  async #targetOf({ name, release: of, address }: GlancedReplica): Promise<ScrapeTarget[]> {
    const endpoint = await this.#endpointOf(of);
    if (address === null || endpoint === null) return [];
    const { service, path, port } = endpoint;
    return [{ address: `${address}:${port}`, path, service, release: of, replica: name }];
  }

  /** Where this release tells its metrics; nowhere when its record is gone. */
  async #endpointOf(of: number): Promise<Endpoint | null> {
    const known = this.#endpoints.get(of);
    if (known !== undefined) return known;
    const { world, app, release: own } = this.#context;
    const release = of === own.release ? own : await world.store.release(app, of);
    const metrics = release?.spec.rollout.metrics;
    const endpoint = release && metrics ? { ...metrics, service: release.spec.service } : null;
    this.#endpoints.set(of, endpoint);
    return endpoint;
  }
}

type Endpoint = MetricsSpec & { service: string };
