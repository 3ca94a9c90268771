import process from 'node:process';

/** How long what is still open may keep the process after everything was ended, in ms. */
const lastPatienceMs = 2_000;

/** Ends the process soon: a queue whose Redis has gone keeps timers that nothing else would end. */
export function leaveSoon(): void {
  setTimeout(() => process.exit(), lastPatienceMs).unref();
}

/** Resolves at the first SIGTERM or SIGINT: the program then ends what it began. A second one ends it at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
