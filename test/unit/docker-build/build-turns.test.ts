import { describe, expect, it } from 'vitest';
import { BuildTurns } from '../../../src/adapters/docker/build-turns.ts';

const never = new AbortController().signal;

/** Work that tells when it began and ends when it is told to. */
function work() {
  let end = (): void => undefined;
  let begun = (): void => undefined;
  const began = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const state = { running: false };
  const run = async (): Promise<void> => {
    state.running = true;
    begun();
    await ended;
    state.running = false;
  };
  return { run, began, end: () => end(), state };
}

describe('BuildTurns', () => {
  it('lets the next one begin when the one before has ended, in order', async () => {
    const turns = new BuildTurns(1);
    const [first, second, third] = [work(), work(), work()];
    const all = [first, second, third].map((one) => turns.run(never, one.run));
    await first.began;
    expect(second.state.running).toBe(false);
    first.end();
    await second.began;
    expect([first.state.running, third.state.running]).toEqual([false, false]);
    second.end();
    await third.began;
    third.end();
    await Promise.all(all);
  });

  it('goes on after work that failed', async () => {
    const turns = new BuildTurns(1);
    await expect(turns.run(never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(turns.run(never, async () => 7)).resolves.toBe(7);
  });

  it('gives up waiting when aborted, without taking a turn from the others', async () => {
    const turns = new BuildTurns(1);
    const [first, second, third] = [work(), work(), work()];
    const abort = new AbortController();
    const running = turns.run(never, first.run);
    const waiting = turns.run(abort.signal, second.run);
    const last = turns.run(never, third.run);
    abort.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    first.end();
    await third.began;
    third.end();
    await Promise.all([running, last]);
    expect(second.state.running).toBe(false);
  });
});
