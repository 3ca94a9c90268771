import { StringDecoder } from 'node:string_decoder';
import { cleanLine } from './build-progress.ts';

/** The engine's multiplexed log: frames of an 8-byte header (stream, 0, 0, 0, length) and a payload. */
const headerBytes = 8;
const maxPartialLength = 256 * 1024;

export interface OutputOptions {
  /** Gets each line: control characters stripped, masked, at most 2,000 characters. */
  onLine: (line: string) => void;
  /** Lines that are passed on; the rest is left out, and that is said. */
  maxLines: number;
  /** Last lines that are kept. */
  tailLines: number;
  mask: (text: string) => string;
}

/** What a container prints, both streams, as it prints it: holds no more than an unfinished line and the last ones. */
export class ContainerOutput {
  readonly tail: string[] = [];
  readonly #options: OutputOptions;
  readonly #streams = new Map<number, Stream>();
  #passed = 0;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** Reads a followed log until the container ends. */
  async read(log: AsyncIterable<unknown>): Promise<void> {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of log) {
      rest = Buffer.concat([rest, asBuffer(chunk)]);
      rest = this.#frames(rest);
    }
    for (const stream of this.#streams.values()) this.#print(stream, '\n');
  }

  /** @returns what is left of an unfinished frame */
  #frames(data: Buffer): Buffer {
    let offset = 0;
    while (offset + headerBytes <= data.length) {
      const end = offset + headerBytes + data.readUInt32BE(offset + 4);
      if (end > data.length) break;
      const stream = this.#streamOf(data.readUInt8(offset));
      this.#print(stream, stream.decoder.write(data.subarray(offset + headerBytes, end)));
      offset = end;
    }
    return data.subarray(offset);
  }

  #streamOf(number: number): Stream {
    const known = this.#streams.get(number);
    if (known) return known;
    const stream = { decoder: new StringDecoder('utf8'), partial: '', overlong: false };
    this.#streams.set(number, stream);
    return stream;
  }

  #print(stream: Stream, text: string): void {
    const lines = (stream.partial + text).split('\n');
    stream.partial = lines.pop() ?? '';
    if (stream.overlong && lines.length > 0) {
      lines.shift();
      stream.overlong = false;
    }
    if (stream.overlong) stream.partial = '';
    // the rest of such a line is left out: half a secret could not be masked
    if (stream.partial.length > maxPartialLength) {
      lines.push(stream.partial);
      stream.partial = '';
      stream.overlong = true;
    }
    for (const line of lines) this.#printLine(cleanLine(line, this.#options.mask));
  }

  #printLine(line: string): void {
    const { onLine, maxLines, tailLines } = this.#options;
    if (line.trim() === '') return;
    this.tail.push(line);
    if (this.tail.length > tailLines) this.tail.shift();
    this.#passed += 1;
    if (this.#passed <= maxLines) onLine(line);
    if (this.#passed === maxLines + 1) onLine('(it prints more than is kept; the rest is left out)');
  }
}

interface Stream {
  decoder: StringDecoder;
  /** Output after the last newline. */
  partial: string;
  /** In a line so long that its rest is left out. */
  overlong: boolean;
}

const asBuffer = (chunk: unknown): Buffer =>
  Buffer.isBuffer(chunk) ? chunk : Buffer.from(typeof chunk === 'string' ? chunk : '');
