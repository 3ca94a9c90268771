/** Counts bad signatures per address in windows of a minute; holds a bounded number of addresses. */
export class BadSignatures {
  readonly #limit: number;
  readonly #maxAddresses: number;
  readonly #monotonicMs: () => number;
  readonly #windows = new Map<string, { began: number; count: number }>();

  constructor({ limit = 20, maxAddresses = 10_000, monotonicMs = () => performance.now() } = {}) {
    this.#limit = limit;
    this.#maxAddresses = maxAddresses;
    this.#monotonicMs = monotonicMs;
  }

  /** Notes one more. @returns whether this address is over its limit, and whether this one should be logged */
  note(address: string): { overLimit: boolean; logIt: boolean } {
    const now = this.#monotonicMs();
    const known = this.#windows.get(address);
    const window = known && now - known.began < 60_000 ? known : { began: now, count: 0 };
    window.count += 1;
    // Taken out and put in again, so that the address heard of longest ago is the first to go.
    this.#windows.delete(address);
    this.#windows.set(address, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > this.#maxAddresses && oldest !== undefined) this.#windows.delete(oldest);
    return { overLimit: window.count > this.#limit, logIt: window.count <= this.#limit };
  }

  get addresses(): number {
    return this.#windows.size;
  }
}
