import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/pipeline/turns.ts';

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

describe('Turns', () => {
  it('lets the next one begin when the one before has ended, in order', async () => {
    const turns = new Turns(1);
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
    const turns = new Turns(1);
    await expect(turns.run(never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(turns.run(never, async () => 7)).resolves.toBe(7);
  });

  it('gives up waiting when aborted, without taking a turn from the others', async () => {
    const turns = new Turns(1);
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

  it('lets four at once, also after one failed, and each has its turn', async () => {
    const turns = new Turns(4);
    let running = 0;
    let most = 0;
    const one = async (fails: boolean) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (fails) throw new Error('no answer');
      return 'done';
    };
    const all = Array.from({ length: 20 }, (_, at) => turns.run(never, () => one(at % 3 === 0)));
    const ends = await Promise.allSettled(all);
    expect(most).toBe(4);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(13);
  });
});
