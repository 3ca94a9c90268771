/** Writes lines in the order they came, many at a time, without holding up whoever prints them. */
export class LogWriter {
  readonly #write: (lines: string[]) => Promise<void>;
  #waiting: string[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(write: (lines: string[]) => Promise<void>) {
    this.#write = write;
  }

  write(line: string): void {
    this.#waiting.push(line);
    if (this.#waiting.length > 1) return;
    this.#writing = this.#writing.then(() => {
      const lines = this.#waiting;
      this.#waiting = [];
      return this.#write(lines);
    });
    // flush() reports it; until then nobody listens
    this.#writing.catch(() => undefined);
  }

  /** Resolves when all lines are written; rejects when one could not be. */
  flush(): Promise<void> {
    return this.#writing;
  }
}
