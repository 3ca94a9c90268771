/** Something that is done again and again. */
export interface Repetition {
  /** Resolves when what goes on at that moment has ended; nothing begins afterwards. */
  stop: () => Promise<void>;
}

/**
 * Does something now, and again a while after each end of it.
 * @param work gets a signal that is aborted by `stop`; it handles its own errors
 * @param pauseMs tells how long that while is
 */
export function repeat(work: (stopped: AbortSignal) => Promise<void>, pauseMs: () => number): Repetition {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const begin = () => {
    running = work(stopped.signal).finally(() => {
      if (!stopped.signal.aborted) timer = setTimeout(begin, pauseMs());
    });
  };
  begin();
  return {
    stop: async () => {
      stopped.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
