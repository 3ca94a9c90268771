import { createReadStream } from 'node:fs';
import { type Blob, readBlobs } from './blobs.ts';
import type { ContextEntry, ContextSource } from './context-entries.ts';

/** The contents of a context's files, in their order, by one git for each mirror that they are in. */
export class ContextContents {
  readonly #blobs = new Map<ContextSource, AsyncGenerator<Blob>>();

  constructor(entries: readonly ContextEntry[]) {
    const inMirrors = entries.filter(({ kind, file }) => kind !== 'symlink' && file === undefined);
    for (const [from, own] of groups(inMirrors)) this.#blobs.set(from, readBlobs(from.call, own));
  }

  /** Of the next file, which must be read to its end. @throws Error when it is not of the size that it should have */
  async next(entry: ContextEntry): Promise<AsyncIterable<Buffer>> {
    if (entry.file !== undefined) return createReadStream(entry.file);
    const { value: blob } = (await this.#blobs.get(entry.from)?.next()) ?? { value: undefined };
    if (!blob || blob.size !== entry.size) throw new Error(`git gave another size for ${entry.path}`);
    return blob.content;
  }

  async close(): Promise<void> {
    for (const blobs of this.#blobs.values()) await blobs.return(undefined);
  }
}

function groups(entries: readonly ContextEntry[]): Map<ContextSource, string[]> {
  const found = new Map<ContextSource, string[]>();
  for (const { from, oid } of entries) {
    const own = found.get(from);
    if (own) own.push(oid);
    else found.set(from, [oid]);
  }
  return found;
}
