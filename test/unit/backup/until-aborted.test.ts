import { expect, it } from 'vitest';
import { untilAborted } from '../../../src/pipeline/backup/until-aborted.ts';

const reason = new Error('superseded by d2');

async function* slow(onWait: () => void) {
  yield Buffer.from('one');
  onWait();
  await new Promise(() => {});
}

async function* short() {
  yield Buffer.from('one');
  yield Buffer.from('two');
}

it('ends with the reason while the next chunk is waited for', async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const chunk of untilAborted(
      slow(() => controller.abort(reason)),
      controller.signal,
    ))
      seen.push(Buffer.from(chunk).toString());
  })();
  await expect(reading).rejects.toBe(reason);
  expect(seen).toEqual(['one']);
});

it('passes everything on, and what comes after its end means nothing', async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  for await (const chunk of untilAborted(short(), controller.signal))
    seen.push(Buffer.from(chunk).toString());
  controller.abort(reason);
  expect(seen).toEqual(['one', 'two']);
});

it('begins nothing when it is aborted already', async () => {
  await expect(untilAborted(short(), AbortSignal.abort(reason)).next()).rejects.toBe(reason);
});
