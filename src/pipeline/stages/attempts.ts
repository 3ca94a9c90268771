import { messageOf } from '../../domain/errors/siskin-error.ts';
import { stepName } from '../../domain/rollout/step.ts';
import type { Planned } from '../../domain/rollout-of-all.ts';

/** How often in a row one step may fail for an unknown reason before the release goes back. */
const attemptsPerStep = 5;

/** How often in a row, a second apart, a look at containers and router may fail for an unknown reason. */
const looksAllowed = 300;

/** Counts how often one step failed in a row. */
export class Attempts {
  #step = '';
  #service = '';
  #failures = 0;
  #error = '';

  succeeded({ step }: Planned): void {
    if ((step.kind === 'Begin' || stepName(step) === undefined) && this.#step !== 'Observe') return;
    this.#failures = 0;
  }

  failed(next: Planned | undefined, error: unknown): void {
    const name = next ? nameOf(next) : 'Observe';
    const again = name === this.#step && (next?.service ?? '') === this.#service;
    this.#failures = again ? this.#failures + 1 : 1;
    this.#step = name;
    this.#service = next?.service ?? '';
    this.#error = messageOf(error);
  }

  /** @returns why nothing is known of the environment, after some minutes of trying */
  neverSeen(): string | undefined {
    if (this.#step !== 'Observe' || this.#failures < looksAllowed) return undefined;
    return `containers and router could not be looked at ${looksAllowed} times in a row: ${this.#error}`;
  }

  /** @returns why to go back, once, and whose step it was; the count starts anew for the way back */
  exhausted(): { service: string; why: string } | undefined {
    if (this.#step === 'Observe' || this.#failures < attemptsPerStep) return undefined;
    this.#failures = 0;
    const why = `step "${this.#step}" failed ${attemptsPerStep} times: ${this.#error}`;
    return { service: this.#service, why };
  }
}

const nameOf = ({ step }: Planned): string =>
  step.kind === 'Begin' ? step.kind : (stepName(step) ?? step.kind);
