import { isDeepStrictEqual } from 'node:util';
import type { Release } from '../../domain/deployment.ts';
import type { GlancedReplica } from '../../domain/observation.ts';
import { serviceRelease } from '../../domain/release.ts';
import type { MetricsSpec } from '../../domain/service-spec.ts';
import type { ScrapeTarget } from '../ports.ts';
import type { RunContext } from '../run-context.ts';

type Context = Pick<RunContext, 'world' | 'lease' | 'app'>;

/** Tells Prometheus where the replicas' own metrics are, whenever that has changed. */
export class ScrapeTargets {
  readonly #context: Context;
  readonly #whole: Release;
  readonly #endpoints = new Map<string, MetricsSpec | null>();
  readonly #seen = new Map<string, ScrapeTarget[]>();
  #told: ScrapeTarget[] | undefined;

  constructor(context: Context, whole: Release) {
    this.#context = context;
    this.#whole = whole;
  }

  /**
   * Notes the replicas of one service; the targets of an environment are told once all services of the release were seen.
   * @throws SiskinError LEASE_LOST, STORE_UNAVAILABLE
   */
  async follow(service: string, { replicas }: { replicas: readonly GlancedReplica[] }): Promise<void> {
    const running = replicas.filter(({ status }) => status === 'running');
    const found = await Promise.all(running.map((replica) => this.#targetOf(service, replica)));
    this.#seen.set(
      service,
      found.flat().sort((a, b) => (a.replica < b.replica ? -1 : 1)),
    );
    const services = this.#whole.services.map(({ spec }) => spec.service);
    if (!services.every((one) => this.#seen.has(one))) return;
    const targets = services.flatMap((one) => this.#seen.get(one) ?? []);
    if (isDeepStrictEqual(targets, this.#told)) return;
    const { world, lease, app } = this.#context;
    await world.store.setScrapeTargets(lease, app, targets);
    this.#told = targets;
  }

  async #targetOf(service: string, { name, release: of, address }: GlancedReplica): Promise<ScrapeTarget[]> {
    const endpoint = await this.#endpointOf(service, of);
    if (address === null || endpoint === null) return [];
    const { path, port } = endpoint;
    return [{ address: `${address}:${port}`, path, service, release: of, replica: name }];
  }

  /** Where this release tells its metrics; nowhere when its record is gone. */
  async #endpointOf(service: string, of: number): Promise<MetricsSpec | null> {
    const name = `${service} ${of}`;
    const known = this.#endpoints.get(name);
    if (known !== undefined) return known;
    const { world, app } = this.#context;
    const release = of === this.#whole.release ? this.#whole : await world.store.release(app, of);
    const endpoint = (release && serviceRelease(release, service)?.spec.rollout.metrics) ?? null;
    this.#endpoints.set(name, endpoint);
    return endpoint;
  }
}
