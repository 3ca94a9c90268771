import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actionAnswerSchema } from '../../src/api/schemas.ts';
import { type AppRepository, commitVariant } from './app-repository.ts';
import { type ChaosSiskin, hostOf } from './chaos-siskin.ts';
import { threeReplicas } from './chaos-tiny-app.ts';
import { heldOf } from './docker-cleanup.ts';
import { servingRelease } from './load.ts';

export const kinds = ['good', 'bad', 'rollback'] as const;
/** A release that serves well, one that answers 5xx, and a person's way back to the release before. */
export type Kind = (typeof kinds)[number];

/** What a slow request takes, in ms: each drain waits for some, and what a rollout takes by itself leaves less of the 30 s. */
const slowMs = 1_000;

/** A deployment that was begun, and how it must end. */
export interface Rollout {
  kind: Kind;
  deployment: string;
  /** What is rolled out, by the app's own name. */
  release: string;
  state: 'succeeded' | 'rolled_back';
  /** The release (by the app's own name) that serves in the end. */
  serves: string;
}

/** Environments with three replicas each, one per kind, and what serves in them. */
export class Rollouts {
  readonly #siskin: ChaosSiskin;
  readonly #repository: AppRepository;
  readonly #kinds: readonly Kind[];
  readonly #serving = new Map<Kind, string>();
  /** Siskin's number of each release of the rollback's environment, by the app's name. */
  readonly #going = ['', ''];
  #count = 0;

  constructor(siskin: ChaosSiskin, repository: AppRepository, of: readonly Kind[] = kinds) {
    this.#siskin = siskin;
    this.#repository = repository;
    this.#kinds = of;
  }

  /** Brings every environment to a good release; the rollback's to two. */
  async prepare(): Promise<void> {
    const first = [];
    for (const kind of this.#kinds) first.push(await this.#push(kind, { release: `${kind}-1` }));
    await Promise.all(first.map((id) => this.#succeeded(id)));
    if (this.#kinds.includes('rollback'))
      await this.#succeeded(await this.#push('rollback', { release: 'rollback-2' }));
    for (const kind of this.#kinds) this.#serving.set(kind, kind === 'rollback' ? 'rollback-2' : `${kind}-1`);
    this.#going.splice(0, 2, 'rollback-1', 'rollback-2');
  }

  serving(kind: Kind): string {
    return this.#serving.get(kind) ?? '';
  }

  /** Begins one rollout. */
  async begin(kind: Kind): Promise<Rollout> {
    this.#count += 1;
    const release = `${kind}-${this.#count + 2}`;
    switch (kind) {
      case 'good':
        return this.#noted({
          kind,
          deployment: await this.#push(kind, { release }),
          release,
          state: 'succeeded',
          serves: release,
        });
      case 'bad': {
        const deployment = await this.#push(kind, { release, failShare: 1 });
        return this.#noted({ kind, deployment, release, state: 'rolled_back', serves: this.serving(kind) });
      }
      case 'rollback': {
        const back = this.#going[0] === this.serving(kind) ? 1 : 0;
        const path = `/api/v1/apps/${this.#siskin.app}/environments/${kind}/rollback`;
        const client = await this.#siskin.client();
        const { deployment } = await client.post(path, { release: `r${back + 1}` }, actionAnswerSchema);
        const to = this.#going[back] ?? '';
        return this.#noted({
          kind,
          deployment: deployment ?? '',
          release: to,
          state: 'succeeded',
          serves: to,
        });
      }
    }
  }

  #noted(rollout: Rollout): Rollout {
    this.#serving.set(rollout.kind, rollout.serves);
    return rollout;
  }

  async #push(branch: Kind, behaviour: { release: string; failShare?: number }): Promise<string> {
    const compose = await threeReplicas();
    const variant = { slowMs, ...behaviour };
    const sha = await commitVariant(this.#repository, variant, { branch, compose });
    const { status, deployments } = await this.#siskin.push(sha, { branch });
    if (status !== 202) throw new Error(`the push was answered ${status}`);
    return deployments[branch] ?? '';
  }

  async #succeeded(id: string): Promise<void> {
    const { state, reason } = await this.#siskin.ended(id);
    if (state !== 'succeeded')
      throw new Error(`${id}: ${state}, ${reason}\n${await this.#siskin.lastLines()}`);
  }
}

/** How a rollout ended, beside how it must; equal when all is well. */
export async function endOf(siskin: ChaosSiskin, rollout: Rollout, state: string) {
  const serves = await servingRelease(siskin.router, hostOf(rollout.kind));
  return { ...rollout, state, serves };
}

/** Containers by environment, and the router's servers: what must be there and nothing else. */
export async function standing(siskin: ChaosSiskin, routerFolder = join(siskin.dataDir, 'haproxy')) {
  const { containers, networks } = await heldOf(siskin.app);
  const file = await readFile(join(routerFolder, 'haproxy.cfg.state.json'), 'utf8');
  const { servers } = JSON.parse(file) as { servers: Record<string, { state: string }[]> };
  return {
    running: containers.filter((one) => one.endsWith(' running')).length,
    others: containers.filter((one) => !one.endsWith(' running')),
    networks: networks.length,
    servers: Object.values(servers).map((list) => list.filter(({ state }) => state === 'ready').length),
    idle: Object.values(servers).flatMap((list) => list.filter(({ state }) => state !== 'ready')),
  };
}
