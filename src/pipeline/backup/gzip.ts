import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Chunks } from './ports.ts';

/** @throws what reading `chunks` throws */
export async function* gzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const out = new PassThrough();
  const packing = pipeline(Readable.from(chunks), createGzip(), out);
  // the error comes out of `out`, too, which the pipeline destroys with it
  packing.catch(() => undefined);
  yield* out;
  await packing;
}

/** @throws Error for what is no gzip, and what reading `chunks` throws */
export async function* gunzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  yield* Readable.from(chunks).compose(createGunzip());
}
