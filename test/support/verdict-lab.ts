import {
  type AppRepository,
  type Behaviour,
  commitVariant,
  composeText,
  createAppRepository,
} from './app-repository.ts';
import { type LoadResult, startLoad } from './load.ts';
import { type DeploymentView, startSiskin, type TestSiskin } from './siskin.ts';

/** One Siskin with an environment per experiment, so that several can bake at once. */
export interface VerdictLab {
  siskin: TestSiskin;
  /** An environment on a branch of its own, with a good release of three replicas serving. */
  environment(name: string): Promise<LabEnvironment>;
  remove(): Promise<void>;
}

export interface LabEnvironment {
  name: string;
  host: string;
  /** Commits a release and pushes it. @param xSiskin keys of x-siskin to replace @returns the deployment's id */
  push(behaviour: Behaviour, xSiskin?: Record<string, unknown>): Promise<string>;
  /** The same under load, from before the push until after its end. @param ratePerSecond 0 for no load */
  release(
    behaviour: Behaviour,
    ratePerSecond: number,
    options?: { xSiskin?: Record<string, unknown>; meanwhile?: (id: string) => Promise<void> },
  ): Promise<{ view: DeploymentView; load: LoadResult | null }>;
  /** `POST /api/v1/apps/:app/environments/:environment/:action` */
  act(action: string, body?: unknown): Promise<{ status: number; body: unknown }>;
}

/** The contract's defaults, with a short watch. */
export const standardCanary = { share: '25%', minBake: '15s', maxBake: '60s', max5xx: '5%', watch: '2s' };

export async function startVerdictLab(names: readonly string[]): Promise<VerdictLab> {
  const repository = await createAppRepository();
  const host = (name: string) => `${name}.lab.example.com`;
  const environments = Object.fromEntries(
    names.map((name) => [name, { branch: name, routes: [{ host: host(name) }] }]),
  );
  const siskin = await startSiskin(repository, (app) => ({
    apps: { [app]: { repo: repository.path, service: 'web', environments } },
  }));
  const commit = oneAtATime(repository);
  return {
    siskin,
    environment: async (name) => {
      const environment = new Environment(siskin, commit, name, host(name));
      const first = await siskin.ended(await environment.push({ release: `${name}-good` }));
      if (first.state !== 'succeeded') throw new Error(`${first.reason}\n${await siskin.output()}`);
      return environment;
    },
    remove: async () => {
      await siskin.remove();
      await repository.remove();
    },
  };
}

type Commit = (branch: string, behaviour: Behaviour, compose: string) => Promise<string>;

/** Experiments share one working tree. */
function oneAtATime(repository: AppRepository): Commit {
  let last: Promise<unknown> = Promise.resolve();
  return (branch, behaviour, compose) => {
    const sha = last.then(() => commitVariant(repository, behaviour, { branch, compose }));
    last = sha.catch(() => undefined);
    return sha;
  };
}

class Environment implements LabEnvironment {
  readonly name: string;
  readonly host: string;
  readonly #siskin: TestSiskin;
  readonly #commit: Commit;

  constructor(siskin: TestSiskin, commit: Commit, name: string, host: string) {
    this.#siskin = siskin;
    this.#commit = commit;
    this.name = name;
    this.host = host;
  }

  async push(behaviour: Behaviour, xSiskin: Record<string, unknown> = {}): Promise<string> {
    const compose = await composeText({ 'x-siskin': { canary: standardCanary, ...xSiskin } });
    const sha = await this.#commit(this.name, behaviour, compose);
    const { status, deployment } = await this.#siskin.push(sha, { branch: this.name });
    if (status !== 202) throw new Error(`the push was answered ${status}`);
    return deployment;
  }

  async release(
    behaviour: Behaviour,
    ratePerSecond: number,
    options: { xSiskin?: Record<string, unknown>; meanwhile?: (id: string) => Promise<void> } = {},
  ): Promise<{ view: DeploymentView; load: LoadResult | null }> {
    const { host } = this;
    const origin = this.#siskin.router;
    const run = ratePerSecond > 0 ? startLoad({ origin, host, ratePerSecond, requests: ['/'] }) : null;
    const id = await this.push(behaviour, options.xSiskin);
    await options.meanwhile?.(id);
    const view = await this.#siskin.ended(id);
    return { view, load: run && (await run.stop()) };
  }

  act(action: string, body: unknown = {}): Promise<{ status: number; body: unknown }> {
    const path = `/api/v1/apps/${this.#siskin.app}/environments/${this.name}/${action}`;
    return this.#siskin.call('POST', path, body);
  }
}
