import { GithubApi } from '../../src/adapters/github/api.ts';
import { GithubChannel, type GithubChannelOptions } from '../../src/adapters/github/github-channel.ts';
import type { Notice } from '../../src/domain/notice/notice.ts';
import type { FakeGithub } from './fake-github/fake-github.ts';
import { githubNotice } from './github-notice.ts';

export const token = 'github_pat_of_the_tests';
/** On the fake's host. */
export const address = 'https://127.0.0.1/acme/shop.git';

/** The channel as the outbox shows it notices: with a memory of each deployment that outlives the channel. */
export class ShownGithub {
  readonly memory = new Map<string, unknown>();
  readonly #fake: FakeGithub;
  readonly #options: Partial<GithubChannelOptions>;
  readonly #timeoutMs: number;
  /** A crash at the next attempt to remember. */
  crashes = false;

  constructor(fake: FakeGithub, options: Partial<GithubChannelOptions> = {}, timeoutMs = 10_000) {
    this.#fake = fake;
    this.#options = options;
    this.#timeoutMs = timeoutMs;
  }

  /** Shows a notice to a channel that was made just now, as after a restart. */
  async show(change: Partial<Notice>, signal = new AbortController().signal): Promise<void> {
    const identity = { kind: 'token' as const, token };
    const options: GithubChannelOptions = {
      api: new GithubApi({ apiUrl: this.#fake.url, identity, timeoutMs: this.#timeoutMs }),
      deployments: true,
      statuses: true,
      publicUrl: null,
      repositories: [address],
      ...this.#options,
    };
    const notice = githubNotice({ repository: address, ...change });
    const remember = (memory: unknown) => {
      if (this.crashes) {
        this.crashes = false;
        return Promise.reject(new Error('killed'));
      }
      // what comes out of a store is a copy
      this.memory.set(notice.deployment, JSON.parse(JSON.stringify(memory)));
      return Promise.resolve();
    };
    const memory = this.memory.get(notice.deployment) ?? null;
    await new GithubChannel(options).deliver(notice, memory, { remember, signal });
  }
}

/** What GitHub shows in the end: its deployments with their statuses, and every commit status, the oldest first. */
export function shown(fake: FakeGithub, name = 'acme/shop'): string[] {
  const { deployments = [], commitStatuses = [] } = fake.repositories.get(name) ?? {};
  return [
    ...deployments.map(
      ({ sha, environment, statuses }) =>
        `${environment} ${sha.slice(0, 3)}: ${statuses.map(({ state }) => state).join(' ')}`,
    ),
    ...commitStatuses.map(
      ({ sha, context, state, description }) => `${sha.slice(0, 3)} ${context} ${state} (${description})`,
    ),
  ];
}

/** The requests that changed something. */
export const changes = (fake: FakeGithub): string[] =>
  fake.requests.filter(({ route }) => !route.startsWith('GET')).map(({ route }) => route);
