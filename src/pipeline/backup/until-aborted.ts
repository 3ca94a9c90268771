import type { Chunks } from './ports.ts';

/** The same chunks until the signal is aborted, also while the next one is waited for. @throws the signal's reason */
export async function* untilAborted(chunks: Chunks, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  // nobody may be waiting at that moment
  aborted.catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  const source = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await Promise.race([aborted, source.next()]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
