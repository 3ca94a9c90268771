import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { ProgramCall } from '../../domain/backup/programs.ts';
import { reachingEngine } from './engine-errors.ts';
import { untilEvent } from './until-event.ts';

const longestErrors = 4 * 1024;
/** The engine says a program runs for a moment after its output ended. */
const endTimeoutMs = 10_000;

export interface ExecResult<T> {
  /** null when the engine knows of none: the program was cut off. */
  exitCode: number | null;
  /** The end of what it printed to standard error. */
  errors: string;
  /** What `take` made of its output. */
  value: T;
}

/**
 * Runs a program in a running container.
 * @param take reads standard output as it comes; what it throws ends the reading
 * @param input for standard input; absent: there is none
 * @throws SiskinError DOCKER_UNAVAILABLE; Error when the connection broke off
 */
export async function execIn<T>(
  docker: Docker,
  container: string,
  { words, env }: ProgramCall,
  take: (output: AsyncIterable<Buffer>) => Promise<T>,
  input?: AsyncIterable<Uint8Array>,
): Promise<ExecResult<T>> {
  const exec = await reachingEngine(() =>
    docker.getContainer(container).exec({
      Cmd: words,
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      AttachStdout: true,
      AttachStderr: true,
      AttachStdin: input !== undefined,
    }),
  );
  const stream = await reachingEngine(() => exec.start({ hijack: true, stdin: input !== undefined }));
  const errors = new Tail(longestErrors);
  try {
    const feeding = input ? feed(stream, input) : Promise.resolve();
    // a program that ends early says why in its output: that is told, not the write that failed
    feeding.catch(() => undefined);
    const value = await take(outputOf(stream, (chunk) => errors.add(chunk)));
    const exitCode = await exitCodeOf(docker, container, exec);
    if (exitCode === 0) await feeding;
    return { exitCode, errors: errors.text(), value };
  } finally {
    stream.destroy();
  }
}

/** All of a short output. */
export async function textOf(output: AsyncIterable<Buffer>): Promise<string> {
  const tail = new Tail(1024 * 1024);
  for await (const chunk of output) tail.add(chunk);
  return tail.text();
}

async function feed(stream: Duplex, input: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of input) {
      if (stream.destroyed) throw new Error('the program read no further');
      if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
    }
    stream.end();
  } catch (error) {
    // without this the program would wait for more, or take the part that came for all there is
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/**
 * Standard output out of the engine's multiplexed stream (Docker Engine API, "Stream format": 8 bytes of header, the first
 * is 1 for standard output and 2 for standard error, the last four the length).
 */
async function* outputOf(stream: Duplex, onError: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  let header = Buffer.alloc(0);
  let left = 0;
  let kind = 0;
  for await (let chunk of stream as AsyncIterable<Buffer>) {
    while (chunk.length > 0) {
      if (left === 0) {
        const missing = 8 - header.length;
        header = Buffer.concat([header, chunk.subarray(0, missing)]);
        chunk = chunk.subarray(missing);
        if (header.length < 8) break;
        kind = header.readUInt8(0);
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const piece = chunk.subarray(0, left);
      chunk = chunk.subarray(piece.length);
      left -= piece.length;
      if (kind === 2) onError(piece);
      else yield piece;
    }
  }
  if (left > 0 || header.length > 0) throw new Error('the connection to the engine broke off');
}

async function exitCodeOf(docker: Docker, container: string, exec: Docker.Exec): Promise<number | null> {
  let exitCode: number | null = null;
  const hasEnded = async () => {
    const { Running, ExitCode } = await reachingEngine(() => exec.inspect());
    if (!Running) exitCode = ExitCode;
    return !Running;
  };
  const end = { container: [container], event: ['exec_die'] };
  if (!(await hasEnded())) await untilEvent(docker, end, hasEnded, AbortSignal.timeout(endTimeoutMs));
  return exitCode;
}

/** The last bytes of what was added. */
class Tail {
  readonly #most: number;
  #kept = Buffer.alloc(0);

  constructor(most: number) {
    this.#most = most;
  }

  add(chunk: Buffer): void {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-this.#most);
  }

  text(): string {
    return this.#kept.toString('utf8').trim();
  }
}
