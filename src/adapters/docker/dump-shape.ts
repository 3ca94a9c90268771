import type { DatabaseKind } from '../../domain/backup/manifest.ts';

/** Watches a dump go by: whether it begins, and ends, as a whole one does. An exit code alone can lie where output was cut. */
export class LooksWhole {
  readonly #kind: DatabaseKind;
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);

  constructor(kind: DatabaseKind) {
    this.#kind = kind;
  }

  async *watch(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      if (this.#head.length < 5) this.#head = Buffer.concat([this.#head, chunk]).subarray(0, 5);
      this.#tail = Buffer.concat([this.#tail, chunk.subarray(-200)]).subarray(-200);
      yield chunk;
    }
  }

  /** What is wrong with it, to be read after "the dump of …"; null when nothing is. */
  problem(): string | null {
    if (this.#head.length === 0) return 'is empty';
    if (this.#kind === 'postgres')
      return this.#head.toString('latin1') === 'PGDMP' ? null : 'is not in the format of pg_dump';
    return this.#tail.includes('-- Dump completed')
      ? null
      : 'has no end: mysqldump writes "Dump completed" last';
  }
}
