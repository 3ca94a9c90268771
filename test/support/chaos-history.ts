import { randomUUID } from 'node:crypto';
import { type AppRepository, commitVariant } from './app-repository.ts';
import type { Chaos } from './chaos-run.ts';
import type { ChaosSiskin, PushOptions } from './chaos-siskin.ts';
import { tinyApp } from './chaos-tiny-app.ts';

/** Whether webhooks may be lost on their way: only once the reconciler reads branch heads. */
const dropShare = 0;

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
}

interface Webhook extends PushOptions {
  sha: string;
}

/** Pushes to branches, and their webhooks: twice, late, in another order, for branches rewritten or deleted. */
export class HistoryPlayer {
  readonly #siskin: ChaosSiskin;
  readonly #repository: AppRepository;
  readonly #chaos: Chaos;
  readonly #branches: readonly string[];
  readonly #history: History = { heads: new Map(), promised: [], done: [], duplicates: [] };
  /** Webhooks that GitHub has not delivered yet. */
  #late: Webhook[] = [];
  #count = 0;

  constructor(siskin: ChaosSiskin, repository: AppRepository, chaos: Chaos, branches: readonly string[]) {
    this.#siskin = siskin;
    this.#repository = repository;
    this.#chaos = chaos;
    this.#branches = branches;
  }

  /** Plays one history of `events` random events; in the end every branch is there, and every webhook delivered. */
  async play(events: number): Promise<History> {
    for (let n = 0; n < events; n += 1) {
      const branch = this.#chaos.pick(this.#branches as [string, ...string[]]);
      await this.#event(branch);
      if (this.#chaos.chance(0.4)) await this.#deliverLate();
    }
    for (const branch of this.#branches) if (!(await this.#exists(branch))) await this.#commit(branch);
    await this.#deliverLate();
    return this.#history;
  }

  async #event(branch: string): Promise<void> {
    const what = this.#chaos.random();
    if (!(await this.#exists(branch)) || what < 0.6) return this.#commit(branch);
    if (what < 0.85) return this.#rewrite(branch);
    return this.#delete(branch);
  }

  async #commit(branch: string): Promise<void> {
    this.#count += 1;
    const release = `s${this.#chaos.seed}-${this.#count}`;
    const sha = await commitVariant(this.#repository, { release }, { branch, compose: await tinyApp() });
    this.#moved(branch, release, { sha, branch });
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

  #moved(branch: string, release: string, webhook: Webhook): void {
    this.#history.heads.set(branch, release);
    this.#history.done.push(`${webhook.forced ? 'force' : 'push'} ${branch} to ${release}`);
    this.#send(webhook);
  }

  #send(webhook: Webhook): void {
    if (this.#chaos.chance(dropShare)) return;
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
