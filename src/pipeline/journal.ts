import type { JournalEntry, JournalEvent } from '../domain/journal.ts';
import { advance, foldService, ownEntry, type Progress } from '../domain/rollout/progress.ts';
import { DeploymentClock } from './deployment-clock.ts';
import type { Clock, DeploymentStore, Lease } from './ports.ts';

/** One service's view of the journal: its own progress, and what is appended is said of it. */
export interface ServiceJournal {
  readonly clock: DeploymentClock;
  readonly progress: Progress;
  /** @throws SiskinError LEASE_LOST: then nothing was written */
  append(...events: JournalEvent[]): Promise<void>;
}

/** The journal of the deployment that this worker runs: every append is fenced, and moves the progress on. */
export class Journal {
  readonly clock: DeploymentClock;
  readonly #store: DeploymentStore;
  readonly #lease: Lease;
  readonly #deployment: string;
  readonly #entries: JournalEntry[];
  /** By service; null for the only one. */
  readonly #progress = new Map<string | null, Progress>();
  readonly #served = new AbortController();

  private constructor(
    store: DeploymentStore,
    lease: Lease,
    deployment: string,
    clock: DeploymentClock,
    entries: JournalEntry[],
  ) {
    this.#store = store;
    this.#lease = lease;
    this.#deployment = deployment;
    this.clock = clock;
    this.#entries = entries;
    this.#noteServing(entries);
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
    const journal = new Journal(store, lease, deployment, own, entries);
    await journal.append({ type: 'run-began' });
    return journal;
  }

  /** Whether a rollout had begun, by this worker or one before it. */
  get rolloutBegan(): boolean {
    return this.#entries.some(({ event }) => event.type === 'rollout-began');
  }

  /** The rollout has come to its end. */
  get finished(): boolean {
    return this.#entries.at(-1)?.event.type === 'finished';
  }

  /** @param service null when it is the only one */
  of(service: string | null): ServiceJournal {
    const progress = () => this.#progressOf(service);
    return {
      clock: this.clock,
      get progress() {
        return progress();
      },
      append: (...events) => this.append(...events.map((event) => saidOf(event, service))),
    };
  }

  /** Whether the new release has all the traffic and is watched, or was when the deployment ended. */
  get servesAlone(): boolean {
    return this.#served.signal.aborted && !this.#entries.some(({ event }) => event.type === 'rollback-began');
  }

  /** Resolves when the new release has all the traffic, or when aborted. */
  async untilServesAlone(signal: AbortSignal): Promise<void> {
    const served = this.#served.signal;
    if (served.aborted || signal.aborted) return;
    await new Promise<void>((resolve) => {
      for (const one of [served, signal]) one.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #noteServing(entries: readonly JournalEntry[]): void {
    if (entries.some(({ event }) => event.type === 'state' && event.state === 'watching'))
      this.#served.abort();
  }

  /** @throws SiskinError LEASE_LOST: then nothing was written */
  async append(...events: JournalEvent[]): Promise<void> {
    if (events.length === 0) return;
    const entries = events.map((event) => ({ t: this.clock.t(), at: this.clock.at(), event }));
    await this.#store.append(this.#lease, this.#deployment, entries);
    this.#entries.push(...entries);
    this.#noteServing(entries);
    for (const [service, progress] of this.#progress) {
      const own = entries.flatMap((entry) => ownEntry(entry, service) ?? []);
      this.#progress.set(service, own.reduce(advance, progress));
    }
  }

  #progressOf(service: string | null): Progress {
    const progress = this.#progress.get(service) ?? foldService(this.#entries, service);
    this.#progress.set(service, progress);
    return progress;
  }
}

/** States and ends are everybody's, and so is a rollback that no service is to blame for. */
function saidOf(event: JournalEvent, service: string | null): JournalEvent {
  if (service === null || event.type === 'state' || event.type === 'finished') return event;
  if (event.type === 'rollback-began' && event.evidence === 'none') return event;
  return { ...event, service };
}
