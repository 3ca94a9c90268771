import type { GithubRepository } from '../../domain/github/repository.ts';
import { type WantedOnGithub, wantedOnGithub } from '../../domain/github/wanted.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import { type DeliveryTools, type NoticeChannel, NoticeDelayed } from '../../pipeline/notify/ports.ts';
import type { GithubApi } from './api.ts';
import { type ChannelMemory, readMemory } from './channel-memory.ts';
import { sayCommitStatus } from './commit-status.ts';
import { GithubDeployments, isNewer } from './deployments.ts';
import { GithubFailure } from './failure.ts';
import { movedOn, replaced } from './taken-back.ts';

export interface GithubChannelOptions {
  api: GithubApi;
  deployments: boolean;
  statuses: boolean;
  /** Without trailing slash. */
  publicUrl: string | null;
  /** The addresses of all apps' repositories: those that are there twice get their app's name into their environments'. */
  repositories: readonly string[];
}

/** Deployments and commit statuses on GitHub. */
export class GithubChannel implements NoticeChannel {
  readonly name = 'github';
  readonly pauseMs = 3_000;
  /** Nothing of a watch's counts is told here. */
  readonly calmPauseMs = 60_000;
  readonly #options: GithubChannelOptions;

  constructor(options: GithubChannelOptions) {
    this.#options = options;
  }

  async deliver(notice: Notice, memory: unknown, tools: DeliveryTools): Promise<void> {
    const { api, publicUrl } = this.#options;
    const repository = api.repository(notice.repository);
    if (repository === null) return;
    const wanted = wantedOnGithub(notice, { shared: this.#isShared(repository), publicUrl });
    if (wanted === null) return;
    try {
      await new Delivery(this.#options, repository, readMemory(memory), tools).show(wanted);
    } catch (error) {
      throw delayed(error);
    }
  }

  #isShared({ owner, repo }: GithubRepository): boolean {
    const same = this.#options.repositories.filter((address) => {
      const one = this.#options.api.repository(address);
      return one?.owner === owner && one.repo === repo;
    });
    return same.length > 1;
  }
}

/** One look at GitHub with one notice. Whatever was done is remembered at once. */
class Delivery {
  readonly #options: GithubChannelOptions;
  readonly #repository: GithubRepository;
  readonly #tools: DeliveryTools;
  readonly #deployments: GithubDeployments;
  #memory: ChannelMemory;

  constructor(
    options: GithubChannelOptions,
    repository: GithubRepository,
    memory: ChannelMemory,
    tools: DeliveryTools,
  ) {
    this.#options = options;
    this.#repository = repository;
    this.#memory = memory;
    this.#tools = tools;
    this.#deployments = new GithubDeployments(options.api, repository, tools.signal);
  }

  /** A missing permission for the one does not keep the other from being told. */
  async show(wanted: WantedOnGithub): Promise<void> {
    const parts = [
      ...(this.#options.deployments ? [() => this.#showDeployment(wanted)] : []),
      ...(this.#options.statuses ? [() => this.#showCommit(wanted)] : []),
    ];
    const failures: GithubFailure[] = [];
    for (const part of parts) {
      try {
        await part();
      } catch (error) {
        if (!(error instanceof GithubFailure) || !error.needsPerson) throw error;
        failures.push(error);
      }
    }
    if (failures[0]) throw failures[0];
  }

  async #showDeployment(wanted: WantedOnGithub): Promise<void> {
    const { made } = this.#memory;
    if (made !== null && made.sha !== wanted.sha) {
      await this.#deployments.say(made.id, movedOn(wanted));
      await this.#remember({ made: null, said: null });
    }
    const id = this.#memory.made?.id ?? (await this.#findOrCreate(wanted));
    if (id === null || this.#memory.said === key(wanted)) return;
    if (wanted.status.state === 'success') await this.#takeOver(id, wanted);
    else await this.#deployments.say(id, wanted);
    await this.#remember({ said: key(wanted) });
  }

  async #findOrCreate(wanted: WantedOnGithub): Promise<string | null> {
    const found = await this.#deployments.find(wanted);
    if (found === undefined && !wanted.deployment.worthCreating) return null;
    const id = found?.id ?? (await this.#deployments.create(wanted));
    await this.#remember({ made: { id, sha: wanted.sha } });
    return id;
  }

  /**
   * Says the success before it takes back the former one's: there is no moment in which nothing is deployed. It may be
   * told late, and beside a newer one's, so who is the newest is looked up before and after.
   */
  async #takeOver(id: string, wanted: WantedOnGithub): Promise<void> {
    const before = await this.#deployments.active(wanted.deployment, { onlyNewer: true });
    if (before.length === 0) await this.#deployments.say(id, wanted);
    const all = before.length > 0 ? before : await this.#deployments.active(wanted.deployment);
    const newer = all.find(({ mark }) => isNewer(mark, wanted.deployment.mark));
    if (newer) await this.#deployments.say(id, replaced(wanted, newer.mark.deployment));
    const taken = replaced(wanted, newer?.mark.deployment ?? wanted.deployment.mark.deployment);
    for (const { id: older, mark } of all)
      if (!isNewer(mark, wanted.deployment.mark)) await this.#deployments.say(older, taken);
  }

  async #showCommit(wanted: WantedOnGithub): Promise<void> {
    const { commit } = this.#memory;
    const said = wanted.commit.state;
    if (commit !== null && commit.sha !== wanted.sha) {
      if (commit.said === 'pending') await this.#say({ ...wanted, ...movedOn(wanted), sha: commit.sha });
    } else if (commit?.said === said) return;
    await this.#say(wanted);
    await this.#remember({ commit: { sha: wanted.sha, said } });
  }

  #say(wanted: Pick<WantedOnGithub, 'sha' | 'commit' | 'deployment'>): Promise<void> {
    return sayCommitStatus(this.#options.api, this.#repository, wanted, this.#tools.signal);
  }

  async #remember(change: Partial<ChannelMemory>): Promise<void> {
    this.#memory = { ...this.#memory, ...change };
    await this.#tools.remember(this.#memory);
  }
}

const key = ({ status }: WantedOnGithub): string => `${status.state}: ${status.description}`;

function delayed(error: unknown): unknown {
  if (!(error instanceof GithubFailure)) return error;
  const { message, retryAfterMs, needsPerson } = error;
  return new NoticeDelayed(message, {
    needsPerson,
    cause: error,
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}
