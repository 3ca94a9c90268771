import { once } from 'node:events';
import { Readable } from 'node:stream';
import { gitWords } from './git-failure.ts';
import { type GitCall, type GitProcess, spawnGit } from './git-runner.ts';

export interface Blob {
  oid: string;
  size: number;
  /** Must be read to its end before the next blob is asked for. */
  content: AsyncIterable<Buffer>;
}

/**
 * The contents of many blobs, in order, by one `git cat-file --batch`: raw as they were committed, since attributes
 * (filters, end-of-line, export-subst) act on checkouts and archives only. Holds one chunk in memory, whatever the size.
 * @throws Error when git ends early or answers something else
 */
export async function* readBlobs(call: GitCall, oids: Iterable<string>): AsyncGenerator<Blob> {
  const git = spawnGit(['cat-file', '--batch', '--buffer'], call);
  const failure = failureOf(git);
  const feed = Readable.from(lines(oids));
  feed.pipe(git.stdin);
  try {
    const reader = new ChunkReader(git.stdout);
    for (const oid of oids) {
      const header = await reader.line();
      const size = Number(/^[0-9a-f]{40} blob (\d+)$/.exec(header ?? '')?.[1] ?? Number.NaN);
      if (!header?.startsWith(oid) || Number.isNaN(size))
        throw new Error((await failure()) ?? `git cat-file answered "${header ?? ''}" for ${oid}`);
      yield { oid, size, content: reader.bytes(size) };
      if ((await reader.line()) !== '')
        throw new Error(`git cat-file gave more than ${size} bytes for ${oid}`);
    }
  } finally {
    feed.destroy();
    git.stdout.destroy();
    git.kill();
  }
}

function* lines(oids: Iterable<string>): Generator<string> {
  for (const oid of oids) yield `${oid}\n`;
}

/** Collects what git says on stderr. @returns a function that waits for its end and tells why it ended */
function failureOf(git: GitProcess): () => Promise<string | undefined> {
  let words = '';
  git.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-4000);
  });
  // when git ended early its answer stops, and that is what is reported
  git.stdin.on('error', () => undefined);
  let problem: Error | undefined;
  git.on('error', (error) => {
    problem = error;
  });
  return async () => {
    if (git.exitCode === null && git.signalCode === null && git.pid !== undefined) await once(git, 'exit');
    return problem?.message ?? (words === '' ? undefined : gitWords(words));
  };
}

/** Reads lines and counted bytes from a stream of chunks. */
class ChunkReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #left: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Up to the next newline, which is taken too. @returns undefined at the end of the stream */
  async line(): Promise<string | undefined> {
    for (let end = this.#left.indexOf(10); ; end = this.#left.indexOf(10)) {
      if (end >= 0) {
        const text = this.#left.subarray(0, end).toString('latin1');
        this.#left = this.#left.subarray(end + 1);
        return text;
      }
      const more = await this.#chunks.next();
      if (more.done) return undefined;
      this.#left = Buffer.concat([this.#left, more.value]);
      if (this.#left.length > 1 << 24) throw new Error('git gave a line without an end');
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    let missing = count;
    while (missing > 0) {
      if (this.#left.length === 0) {
        const more = await this.#chunks.next();
        if (more.done) throw new Error('git ended in the middle of a file');
        this.#left = more.value;
      }
      const part = this.#left.subarray(0, missing);
      this.#left = this.#left.subarray(part.length);
      missing -= part.length;
      yield part;
    }
  }
}
