import { expect, it } from 'vitest';
import { Turns } from '../../../src/pipeline/reconcile/turns.ts';

it('lets four at once, also after one failed, and each has its turn', async () => {
  const turns = new Turns(4);
  let running = 0;
  let most = 0;
  const work = async (fails: boolean) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (fails) throw new Error('no answer');
    return 'done';
  };
  const all = Array.from({ length: 20 }, (_, at) => turns.take(() => work(at % 3 === 0)));
  const ends = await Promise.allSettled(all);
  expect(most).toBe(4);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(13);
});
