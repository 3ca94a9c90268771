import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

it('keeps no chunk that was passed on', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const passed: WeakRef<Uint8Array>[] = [];
  async function* many() {
    for (let n = 0; n < 100; n += 1) {
      const chunk = new Uint8Array(1_000);
      passed.push(new WeakRef(chunk));
      yield chunk;
    }
  }
  let alive = Number.POSITIVE_INFINITY;
  for await (const _chunk of untilAborted(many(), new AbortController().signal)) {
    if (passed.length < 100) continue;
    await turn();
    collect();
    alive = passed.filter((one) => one.deref() !== undefined).length;
  }
  // those that a frame still names
  expect(alive).toBeLessThan(5);
});

it.each(['the signal', 'whoever reads'])('closes its source when %s ends it', async (who) => {
  const controller = new AbortController();
  let closed = false;
  async function* source() {
    try {
      for (;;) yield Buffer.from('one');
    } finally {
      closed = true;
    }
  }
  const reading = (async () => {
    for await (const _chunk of untilAborted(source(), controller.signal)) {
      if (who === 'whoever reads') throw reason;
      controller.abort(reason);
    }
  })();
  await expect(reading).rejects.toBe(reason);
  await turn();
  expect(closed).toBe(true);
});
