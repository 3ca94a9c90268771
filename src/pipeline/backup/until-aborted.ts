import type { Chunks } from './ports.ts';

/**
 * The same chunks until the signal is aborted, also while the next one is waited for. However it ends, the source is told to
 * close. @throws the signal's reason
 */
export async function* untilAborted(chunks: Chunks, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const source = chunks[Symbol.asyncIterator]();
  /** Of the one wait that goes on: a promise that outlives them all would keep every chunk that it was raced with. */
  let giveUp: (reason: unknown) => void = () => {};
  const abort = () => giveUp(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      const { done, value } = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject;
        source.next().then(resolve, reject);
      });
      if (done) return;
      yield value;
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // not awaited: one that hangs closes when its wait ends. Whoever made it tells of its errors
    source.return?.().catch(() => undefined);
  }
}
