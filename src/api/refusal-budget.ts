const windowMs = 60_000;

/** How many refusals are written down in a minute: of one address, and of all together. Bounded in memory. */
export class RefusalBudget {
  readonly #perAddress: number;
  readonly #inAll: number;
  readonly #monotonicMs: () => number;
  #began = Number.NEGATIVE_INFINITY;
  #counts = new Map<string, number>();
  #written = 0;
  #suppressed = 0;

  constructor({ perAddress = 5, inAll = 60, monotonicMs = () => performance.now() } = {}) {
    this.#perAddress = perAddress;
    this.#inAll = inAll;
    this.#monotonicMs = monotonicMs;
  }

  /** @returns how many were not written since the last that was, or null: neither is this one */
  take(address: string): number | null {
    const now = this.#monotonicMs();
    if (now - this.#began >= windowMs) {
      this.#began = now;
      this.#counts = new Map();
      this.#written = 0;
    }
    const count = this.#counts.get(address) ?? 0;
    if (count >= this.#perAddress || this.#written >= this.#inAll) {
      this.#suppressed += 1;
      return null;
    }
    // No more addresses than are written of: the map stays as small as the budget.
    this.#counts.set(address, count + 1);
    this.#written += 1;
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return suppressed;
  }
}
