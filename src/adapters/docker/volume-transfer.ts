import { createHash } from 'node:crypto';
import { PassThrough, Readable, Transform } from 'node:stream';
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
    await withHelper(
      this.#to,
      { image: this.#image, volume: this.#volume, words: ['true'] },
      async (container) => {
        const put = (tar: Readable) =>
          reachingEngine(() => container.putArchive(tar, { path: helperAt })) as Promise<unknown>;
        let part: { headers: Header; content: Buffer }[] = [];
        let held = 0;
        const flush = async () => {
          const entries = part;
          [part, held] = [[], 0];
          if (entries.length === 0) return;
          const tar = pack();
          for (const { headers, content } of entries) tar.entry(headers, content);
          tar.finalize();
          await put(Readable.from(tar));
        };
        await this.#read(async (headers, path, entry) => {
          const isFile = headers.type === 'file';
          const known = here.get(path);
          if (isFile && !send.has(path)) {
            entry.resume();
            if (known !== undefined) totals.expected.set(path, known);
            return;
          }
          if (!isFile || (headers.size ?? 0) <= partBytes) {
            const { content, sha256 } = await drained(entry);
            part.push({ headers: { ...headers, name: path }, content });
            held += content.length;
            if (isFile) totals.expected.set(path, sha256);
            if (held >= partBytes) await flush();
          } else {
            await flush();
            totals.expected.set(path, await this.#sendLarge(headers, path, entry, put));
          }
          if (isFile) {
            totals.files += 1;
            totals.bytes += headers.size ?? 0;
          }
        });
        await flush();
      },
    );
    return totals;
  }

  /** A file of its own part, streamed. @returns its checksum */
  async #sendLarge(
    headers: Header,
    path: string,
    entry: Entry,
    put: (tar: Readable) => Promise<unknown>,
  ): Promise<string> {
    const hash = createHash('sha256');
    const tar = pack();
    const target = tar.entry({ ...headers, name: path });
    const watch = new Transform({
      transform: (chunk: Buffer, _, done) => {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const out = Readable.from(tar).pipe(new PassThrough());
    const filling = pipeline(Readable.from(entry), watch, async (chunks) => {
      for await (const chunk of chunks) if (!target.write(chunk)) await drain(target);
      target.end(undefined);
      tar.finalize();
    });
    await Promise.all([put(out), filling]);
    return hash.digest('hex');
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

/** `./a/b` and `a/b/` → `a/b` */
const relative = (name: string): string =>
  name
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');

const failed = (message: string): SiskinError => new SiskinError('STANDBY_SYNC_FAILED', message);
