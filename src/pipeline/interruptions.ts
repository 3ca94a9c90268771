import { isDeepStrictEqual } from 'node:util';
import type { EnvironmentKey } from '../domain/names.ts';
import type { Interruption } from '../domain/rollout/fleet.ts';
import type { DeploymentCommand, DeploymentStore, Freeze, Signals } from './ports.ts';

/** How often the wanted state is read even when no signal came: a signal is a hint that may be lost. */
const refreshMs = 2_000;

/** Knows whether the running deployment is to be ended or hurried, and wakes whoever waits when that changes. */
export class Interruptions {
  readonly #key: EnvironmentKey;
  readonly #id: string;
  readonly #store: DeploymentStore;
  readonly #onError: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  readonly #ending = new AbortController();
  #current: Interruption | null = null;
  #frozen: Freeze | null = null;
  #wake = new AbortController();

  /** @param onError told of a background read that failed; the next one comes in 2 s */
  constructor(
    key: EnvironmentKey,
    id: string,
    store: DeploymentStore,
    signals: Signals,
    onError: (error: unknown) => void,
  ) {
    this.#key = key;
    this.#id = id;
    this.#store = store;
    this.#onError = onError;
    this.#stopListening = signals.onChange(key, () => this.#refreshSoon());
    this.#timer = setInterval(() => this.#refreshSoon(), refreshMs);
    this.#timer.unref();
  }

  get current(): Interruption | null {
    return this.#current;
  }

  /** Set while the environment is to stand still. */
  get frozen(): Freeze | null {
    return this.#frozen;
  }

  /** Aborted when the deployment is to end early: work before the rollout need not go on. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Aborted at the next change; take it anew for every wait. */
  get change(): AbortSignal {
    return this.#wake.signal;
  }

  /** Reads the wanted state and the commands now. */
  async refresh(): Promise<void> {
    const [environment, commands] = await Promise.all([
      this.#store.environment(this.#key),
      this.#store.commands(this.#id),
    ]);
    const next = interruptionOf(this.#id, environment.wanted, commands);
    const { frozen } = environment;
    if (isDeepStrictEqual([next, frozen], [this.#current, this.#frozen])) return;
    this.#current = next;
    this.#frozen = frozen;
    if (next && next.kind !== 'promote') this.#ending.abort(new Error(next.kind));
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stopListening();
  }

  #refreshSoon(): void {
    this.refresh().catch(this.#onError);
  }
}

/** What a person said last counts more than a newer push. */
export function interruptionOf(
  id: string,
  wanted: string | null,
  commands: readonly DeploymentCommand[],
): Interruption | null {
  const command = commands.findLast((one) => one !== 'promote');
  if (command) return { kind: command };
  if (wanted !== null && wanted !== id) return { kind: 'superseded', by: wanted };
  const given = commands.filter((one) => one === 'promote').length;
  return given > 0 ? { kind: 'promote', given } : null;
}
