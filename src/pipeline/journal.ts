import type { JournalEvent } from '../domain/journal.ts';
import { advance, foldProgress, type Progress } from '../domain/rollout/progress.ts';
import { DeploymentClock } from './deployment-clock.ts';
import type { Clock, DeploymentStore, Lease } from './ports.ts';

/** The journal of the deployment that this worker runs: every append is fenced, and moves the progress on. */
export class Journal {
  readonly clock: DeploymentClock;
  readonly #store: DeploymentStore;
  readonly #lease: Lease;
  readonly #deployment: string;
  #progress: Progress;
  #began: boolean;
  readonly #served = new AbortController();

  private constructor(
    store: DeploymentStore,
    lease: Lease,
    deployment: string,
    clock: DeploymentClock,
    progress: Progress,
    began: boolean,
  ) {
    this.#store = store;
    this.#lease = lease;
    this.#deployment = deployment;
    this.clock = clock;
    this.#progress = progress;
    this.#began = began;
    this.#noteServing();
  }

  /** Reads what is there and notes that this worker goes on from it. @throws SiskinError LEASE_LOST */
  static async open(
    store: DeploymentStore,
    lease: Lease,
    deployment: string,
    clock: Clock,
  ): Promise<Journal> {
    const entries = await store.journal(deployment);
    const own = new DeploymentClock(clock, entries.at(-1)?.t ?? 0);
    const began = entries.some(({ event }) => event.type === 'rollout-began');
    const journal = new Journal(store, lease, deployment, own, foldProgress(entries), began);
    await journal.append({ type: 'run-began' });
    return journal;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Whether a rollout had begun, by this worker or one before it. */
  get rolloutBegan(): boolean {
    return this.#began;
  }

  /** Whether the new release has all the traffic and is watched, or was when the deployment ended. */
  get servesAlone(): boolean {
    return this.#served.signal.aborted && this.#progress.rollBack === null;
  }

  /** Resolves when the new release has all the traffic, or when aborted. */
  async untilServesAlone(signal: AbortSignal): Promise<void> {
    const served = this.#served.signal;
    if (served.aborted || signal.aborted) return;
    await new Promise<void>((resolve) => {
      for (const one of [served, signal]) one.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #noteServing(): void {
    if (this.#progress.watchingSince !== null) this.#served.abort();
  }

  /** @throws SiskinError LEASE_LOST: then nothing was written */
  async append(...events: JournalEvent[]): Promise<void> {
    if (events.length === 0) return;
    const entries = events.map((event) => ({ t: this.clock.t(), at: this.clock.at(), event }));
    await this.#store.append(this.#lease, this.#deployment, entries);
    this.#progress = entries.reduce(advance, this.#progress);
    this.#began ||= events.some(({ type }) => type === 'rollout-began');
    this.#noteServing();
  }
}
