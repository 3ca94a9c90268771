import { randomUUID } from 'node:crypto';
import { type AppRepository, commitVariant } from './app-repository.ts';
import type { Chaos } from './chaos-run.ts';
import type { ChaosSiskin, PushOptions } from './chaos-siskin.ts';
import { tinyApp } from './chaos-tiny-app.ts';

/** Webhooks that are lost on their way: the reconciler has to find what they told of. */
const dropShare = 0.25;

/** What a history came to. */
export interface History {
  /** The app's own name of the release at each branch's head. */
  heads: Map<string, string>;
  /** Deployments that were answered 202. */
  promised: string[];
  /** What was done, in order, to repeat it by hand. */
  done: string[];
  /** Deliveries whose second arrival was answered. */
  duplicates: number[];
  /** Webhooks that never arrived. */
  dropped: number;
}

interface Webhook extends PushOptions {
  sha: string;
}

/** One working tree for several players: each changes it for itself. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

/** Pushes to branches, and their webhooks: lost, twice, late, in another order, for branches rewritten or deleted. */
export class HistoryPlayer {
  readonly #siskin: ChaosSiskin;
  readonly #repository: AppRepository;
  readonly #chaos: Chaos;
  readonly #branches: readonly string[];
  readonly #turn: Turn;
  readonly #history: History = { heads: new Map(), promised: [], done: [], duplicates: [], dropped: 0 };
  /** Webhooks that GitHub has not delivered yet. */
  #late: Webhook[] = [];
  #count = 0;

  /** @param of the app's repository and the turns that its players take with it */
  constructor(
    siskin: ChaosSiskin,
    of: { repository: AppRepository; turn: Turn },
    chaos: Chaos,
    branches: readonly string[],
  ) {
    this.#siskin = siskin;
    this.#repository = of.repository;
    this.#turn = of.turn;
    this.#chaos = chaos;
    this.#branches = branches;
  }

  /** Each environment's first push, whose webhook arrives: one that was never deployed is not deployed unasked. */
  async begin(): Promise<History> {
    for (const branch of this.#branches) await this.#turn.take(() => this.#commit(branch, 0));
    await this.#deliverLate();
    return this.#history;
  }

  /**
   * Plays one history of `events` random events; in the end every branch is there, and every webhook that is not lost has
   * been delivered.
   */
  async play(events: number): Promise<History> {
    for (let n = 0; n < events; n += 1) {
      const branch = this.#chaos.pick(this.#branches as [string, ...string[]]);
      await this.#turn.take(() => this.#event(branch));
      if (this.#chaos.chance(0.4)) await this.#deliverLate();
    }
    for (const branch of this.#branches)
      await this.#turn.take(async () => {
        if (!(await this.#exists(branch))) await this.#commit(branch);
      });
    await this.#deliverLate();
    return this.#history;
  }

  async #event(branch: string): Promise<void> {
    const what = this.#chaos.random();
    if (!(await this.#exists(branch)) || what < 0.6) return this.#commit(branch);
    if (what < 0.85) return this.#rewrite(branch);
    return this.#delete(branch);
  }

  async #commit(branch: string, drop = dropShare): Promise<void> {
    this.#count += 1;
    const release = `s${this.#chaos.seed}-${branch}-${this.#count}`;
    const sha = await commitVariant(this.#repository, { release }, { branch, compose: await tinyApp() });
    this.#moved(branch, release, { sha, branch }, drop);
  }

  /** The head goes back by one commit, or is replaced by another. */
  async #rewrite(branch: string): Promise<void> {
    const repository = this.#repository;
    await repository.git('switch', '--quiet', branch);
    if (Number(await repository.git('rev-list', '--count', 'HEAD')) < 2) return this.#commit(branch);
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    const before = JSON.parse(await repository.git('show', 'HEAD:behaviour.json')) as { release: string };
    this.#moved(branch, before.release, {
      sha: await repository.git('rev-parse', 'HEAD'),
      branch,
      forced: true,
    });
  }

  async #delete(branch: string): Promise<void> {
    const sha = await this.#repository.git('rev-parse', branch);
    await this.#repository.git('switch', '--quiet', '--detach');
    await this.#repository.git('branch', '--quiet', '-D', branch);
    this.#history.heads.delete(branch);
    this.#history.done.push(`delete ${branch} at ${sha.slice(0, 7)}`);
    this.#send({ sha: '0'.repeat(40), branch, deleted: true });
  }

  #moved(branch: string, release: string, webhook: Webhook, drop = dropShare): void {
    this.#history.heads.set(branch, release);
    this.#history.done.push(`${webhook.forced ? 'force' : 'push'} ${branch} to ${release}`);
    this.#send(webhook, drop);
  }

  #send(webhook: Webhook, drop = dropShare): void {
    if (this.#chaos.chance(drop)) {
      this.#history.dropped += 1;
      this.#history.done.push(`lost: webhook ${webhook.branch} ${webhook.sha.slice(0, 7)}`);
      return;
    }
    const delivery = randomUUID();
    this.#late.push({ ...webhook, delivery });
    if (this.#chaos.chance(0.2)) this.#late.push({ ...webhook, delivery });
  }

  /** All that is under way arrives, in any order. */
  async #deliverLate(): Promise<void> {
    const arriving = this.#chaos.shuffled(this.#late);
    this.#late = [];
    const seen = new Set<string>();
    for (const { sha, ...options } of arriving) {
      const { status, deployments } = await this.#siskin.push(sha, options);
      this.#history.done.push(`webhook ${options.branch} ${sha.slice(0, 7)}: ${status}`);
      if (status === 202) this.#history.promised.push(...Object.values(deployments));
      if (seen.has(options.delivery ?? '')) this.#history.duplicates.push(status);
      seen.add(options.delivery ?? '');
    }
  }

  async #exists(branch: string): Promise<boolean> {
    return (await this.#repository.git('branch', '--list', branch)) !== '';
  }
}
