/** Runs tasks one after the other, in the order they were given. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    // The caller gets the failure; the next task only waits for the end.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
