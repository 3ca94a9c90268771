import { createReadStream } from 'node:fs';

/**
 * The bytes of a file, which is opened when the first of them is asked for: the error of a stream that nobody reads yet would
 * end the process.
 * @throws Error of the file system, to who reads
 */
export async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}
