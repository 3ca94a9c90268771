import type { Clock } from '../../src/pipeline/ports.ts';

/** A clock that stands still until the test moves it, and knows who sleeps. */
export class ManualClock implements Clock {
  #now = 0;
  #sleepers: { until: number; wake: () => void }[] = [];
  #watchers: { count: number; resolve: () => void }[] = [];
  /** Every sleep that was asked for, in ms. */
  readonly asked: number[] = [];

  monotonicMs(): number {
    return this.#now;
  }

  now(): Date {
    return new Date(this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.asked.push(ms);
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { until: this.#now + ms, wake };
      const abort = (): void => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        resolve();
      };
      this.#sleepers.push(sleeper);
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
      this.#tell();
    });
  }

  /** Resolves when so many sleep. */
  asleep(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push({ count, resolve });
      this.#tell();
    });
  }

  /** Wakes those whose time has come. @returns how many */
  advance(ms: number): number {
    this.#now += ms;
    const due = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
    return due.length;
  }

  #tell(): void {
    const ready = this.#watchers.filter(({ count }) => this.#sleepers.length >= count);
    this.#watchers = this.#watchers.filter((one) => !ready.includes(one));
    for (const { resolve } of ready) resolve();
  }
}
