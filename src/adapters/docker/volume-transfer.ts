import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { extract, type Header, pack } from 'tar-stream';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type VolumeDiff, volumeDiff } from '../../domain/standby/volume-diff.ts';
import { reachingEngine } from './engine-errors.ts';
import { helperAt, runHelper, withHelper } from './helper-container.ts';

/** Files of together this many bytes are one part: what was sent in whole parts stays when the rest is interrupted. */
const partBytes = 8 * 1024 * 1024;
/** Names given to one `rm`. */
const removedAtOnce = 200;

type Entry = AsyncIterable<unknown> & { resume(): unknown };

/** Brings a volume from one engine to another by comparing checksums of files; both have the helper image. */
export class VolumeTransfer {
  readonly #from: Docker;
  readonly #to: Docker;
  readonly #image: string;
  readonly #volume: string;

  constructor(from: Docker, to: Docker, helperImage: string, volume: string) {
    this.#from = from;
    this.#to = to;
    this.#image = helperImage;
    this.#volume = volume;
  }

  async compare(): Promise<VolumeDiff> {
    return volumeDiff(await this.#here(), await this.#there());
  }

  async bring(): Promise<{ files: number; bytes: number; removed: number }> {
    const here = await this.#here();
    const { send, remove } = volumeDiff(here, await this.#there());
    // first, for a file may have become a folder of the same name
    await this.#remove(remove);
    const sent = await this.#send(new Set(send), here);
    await this.#verify(sent.expected);
    return { files: sent.files, bytes: sent.bytes, removed: remove.length };
  }

  /** Reads the volume here once, as a tar that the engine makes. */
  async #here(): Promise<Map<string, string>> {
    const sums = new Map<string, string>();
    await this.#read(async ({ type, linkname }, path, entry) => {
      if (type === 'file') sums.set(path, (await drained(entry)).sha256);
      else entry.resume();
      if (type === 'link') sums.set(path, sums.get(relative(linkname ?? '')) ?? '');
    });
    return sums;
  }

  /** Only checksums go over the network. */
  async #there(): Promise<Map<string, string>> {
    const words = ['find', helperAt, '-type', 'f', '-exec', 'sha256sum', '{}', '+'];
    const printed = await runHelper(this.#to, { image: this.#image, volume: this.#volume, words });
    return new Map(
      printed
        .split('\n')
        .filter((line) => line !== '')
        .map((line): [string, string] => {
          const [, sum, path] = /^([0-9a-f]{64}) [ *]\/volume\/(.+)$/.exec(line) ?? [];
          if (sum === undefined || path === undefined)
            throw failed(`volume ${this.#volume}: a name there has a line break: ${line.slice(0, 100)}`);
          return [path, sum];
        }),
    );
  }

  async #remove(paths: readonly string[]): Promise<void> {
    for (let at = 0; at < paths.length; at += removedAtOnce) {
      const names = paths.slice(at, at + removedAtOnce).map((path) => `${helperAt}/${path}`);
      await runHelper(this.#to, { image: this.#image, volume: this.#volume, words: ['rm', '-f', ...names] });
    }
  }

  /**
   * Reads it a second time and sends what is to be sent, and every folder and link, for their owners and modes.
   * @returns what must be there now: files that changed in between as they were sent
   */
  async #send(send: ReadonlySet<string>, here: ReadonlyMap<string, string>) {
    const totals = { files: 0, bytes: 0, expected: new Map<string, string>() };
    const helper = { image: this.#image, volume: this.#volume, words: ['true'] };
    await withHelper(this.#to, helper, async (container) => {
      const parts = new Parts((tar) => reachingEngine(() => container.putArchive(tar, { path: helperAt })));
      await this.#read(async (headers, path, entry) => {
        if (headers.type !== 'file') return void (await parts.add({ ...headers, name: path }, entry));
        const known = here.get(path);
        if (send.has(path)) {
          totals.expected.set(path, await parts.add({ ...headers, name: path }, entry));
          totals.files += 1;
          totals.bytes += headers.size;
          return;
        }
        entry.resume();
        if (known !== undefined) totals.expected.set(path, known);
      });
      await parts.flush();
    });
    return totals;
  }

  async #verify(expected: ReadonlyMap<string, string>): Promise<void> {
    const there = await this.#there();
    const wrong = [...expected].filter(([path, sum]) => there.get(path) !== sum).map(([path]) => path);
    if (wrong.length === 0) return;
    const names = wrong.slice(0, 3).join(', ');
    throw failed(`volume ${this.#volume}: ${wrong.length} files are not as they were sent, such as ${names}`);
  }

  async #read(each: (headers: Header, path: string, entry: Entry) => Promise<void>): Promise<void> {
    const helper = { image: this.#image, volume: this.#volume, words: ['true'] };
    await withHelper(this.#from, helper, async (container) => {
      const tar = await reachingEngine(() => container.getArchive({ path: `${helperAt}/.` }));
      const entries = extract();
      const reading = pipeline(Readable.from(tar), entries);
      reading.catch(() => undefined);
      for await (const entry of entries) {
        const path = relative(entry.header.name);
        if (path === '') entry.resume();
        else await each(entry.header, path, entry);
      }
      await reading;
    });
  }
}

/** Sends entries of a tar together until they are large enough, and what is larger alone, as a stream. */
class Parts {
  readonly #put: (tar: Readable) => Promise<unknown>;
  #held: { headers: Header; content: Buffer }[] = [];
  #bytes = 0;

  constructor(put: (tar: Readable) => Promise<unknown>) {
    this.#put = put;
  }

  /** @returns the checksum of its content */
  async add(headers: Header, entry: Entry): Promise<string> {
    if (headers.size > partBytes) {
      await this.flush();
      return await this.#stream(headers, entry);
    }
    const { content, sha256 } = await drained(entry);
    this.#held.push({ headers, content });
    this.#bytes += content.length;
    if (this.#bytes >= partBytes) await this.flush();
    return sha256;
  }

  async flush(): Promise<void> {
    const entries = this.#held;
    [this.#held, this.#bytes] = [[], 0];
    if (entries.length === 0) return;
    const tar = pack();
    for (const { headers, content } of entries) tar.entry(headers, content);
    tar.finalize();
    await this.#put(Readable.from(tar));
  }

  async #stream(headers: Header, entry: Entry): Promise<string> {
    const hash = createHash('sha256');
    const tar = pack();
    const target = tar.entry(headers);
    const broken = closed(target);
    // it is raced below; once all is written, its end is no failure
    broken.catch(() => undefined);
    const filling = async () => {
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        hash.update(chunk);
        if (!target.write(chunk)) await Promise.race([drain(target), broken]);
      }
      target.end(undefined);
      tar.finalize();
    };
    await Promise.all([this.#put(Readable.from(tar)), filling()]);
    return hash.digest('hex');
  }
}

async function drained(entry: Entry): Promise<{ content: Buffer; sha256: string }> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let kept = 0;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    hash.update(chunk);
    // what is too large to be held is only counted: it is streamed when it is sent
    if (kept <= partBytes) chunks.push(chunk);
    kept += chunk.length;
    if (kept > partBytes) chunks.length = 0;
  }
  return { content: Buffer.concat(chunks), sha256: hash.digest('hex') };
}

const drain = (target: NodeJS.EventEmitter): Promise<void> =>
  new Promise((resolve) => void target.once('drain', resolve));
const closed = (target: NodeJS.EventEmitter): Promise<void> =>
  new Promise(
    (_, reject) =>
      void target.once('close', () => reject(new Error('the connection to the standby broke off'))),
  );

/** `./a/b` and `a/b/` → `a/b` */
const relative = (name: string): string =>
  name
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');

const failed = (message: string): SiskinError => new SiskinError('STANDBY_SYNC_FAILED', message);
