import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { z } from 'zod';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { LfsEndpoint } from './lfs-endpoint.ts';
import type { LfsPointer } from './lfs-pointers.ts';

const mediaType = 'application/vnd.git-lfs+json';
const maxAnswerBytes = 4 * 1024 * 1024;
/** What the protocol's own client asks for at once. */
const perBatch = 100;
const silentMs = 30_000;

const answerSchema = z.object({
  objects: z.array(
    z.object({
      oid: z.string(),
      actions: z
        .object({
          download: z
            .object({ href: z.string(), header: z.record(z.string(), z.string()).optional() })
            .optional(),
        })
        .optional(),
      error: z.object({ code: z.number(), message: z.string() }).optional(),
    }),
  ),
});

/** Where one object is to be had. Its headers may hold a token of that host. */
export interface LfsDownload extends LfsPointer {
  href: string;
  headers: Record<string, string>;
}

/**
 * A client of the Git LFS batch API (git-lfs, docs/api/batch.md), as far as downloads need it. It follows no redirect, speaks https
 * only, and sends the credentials to the repository's own server alone: objects elsewhere come with headers of their own.
 */
export class LfsClient {
  readonly #dispatcher: Dispatcher;
  readonly #signal: AbortSignal;

  /** @param environment of Siskin: certificates and proxies, as git has them */
  static async open(
    environment: Record<string, string | undefined>,
    signal: AbortSignal,
  ): Promise<LfsClient> {
    const file = environment.GIT_SSL_CAINFO ?? environment.SSL_CERT_FILE;
    const connect = file ? { ca: await readFile(file) } : {};
    const proxy =
      environment.https_proxy ?? environment.HTTPS_PROXY ?? environment.all_proxy ?? environment.ALL_PROXY;
    const times = { connect, headersTimeout: silentMs, bodyTimeout: silentMs };
    const noProxy = environment.no_proxy ?? environment.NO_PROXY ?? '';
    const dispatcher = proxy
      ? new EnvHttpProxyAgent({ ...times, httpsProxy: proxy, noProxy, requestTls: connect })
      : new Agent(times);
    return new LfsClient(dispatcher, signal);
  }

  private constructor(dispatcher: Dispatcher, signal: AbortSignal) {
    this.#dispatcher = dispatcher;
    this.#signal = signal;
  }

  /** Asks where objects are. @throws SiskinError SOURCE_TOKEN_REFUSED, LFS_UNAVAILABLE */
  async locate(
    endpoint: LfsEndpoint,
    pointers: readonly LfsPointer[],
    subject: string,
  ): Promise<LfsDownload[]> {
    const found: LfsDownload[] = [];
    for (let at = 0; at < pointers.length; at += perBatch)
      found.push(...(await this.#batch(endpoint, pointers.slice(at, at + perBatch), subject)));
    return found;
  }

  /** Writes one object to a new file. @throws SiskinError LFS_UNAVAILABLE when it is not exactly what the pointer says */
  async download({ oid, size, href, headers }: LfsDownload, target: string): Promise<void> {
    const { statusCode, body } = await this.#send(href, { headers }, `the LFS object ${oid}`);
    if (statusCode !== 200) {
      body.destroy();
      throw unavailable(`the LFS object ${oid} was answered with status ${statusCode}`);
    }
    const hash = createHash('sha256');
    let bytes = 0;
    async function* counted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > size)
          throw unavailable(`the LFS object ${oid} is larger than the ${size} bytes of its pointer`);
        hash.update(chunk);
        yield chunk;
      }
    }
    await this.#orUnavailable(`the LFS object ${oid}`, () =>
      pipeline(body, counted, createWriteStream(target, { flags: 'wx', mode: 0o600 })),
    );
    if (bytes !== size || hash.digest('hex') !== oid)
      throw unavailable(
        `the LFS object ${oid} is not what its pointer says: it has ${bytes} of ${size} bytes, or other ones`,
      );
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #batch(
    endpoint: LfsEndpoint,
    pointers: readonly LfsPointer[],
    subject: string,
  ): Promise<LfsDownload[]> {
    const { statusCode, body } = await this.#send(
      `${endpoint.url}/objects/batch`,
      {
        method: 'POST',
        headers: { ...endpoint.headers, accept: mediaType, 'content-type': mediaType },
        body: JSON.stringify({
          operation: 'download',
          transfers: ['basic'],
          objects: pointers.map(({ oid, size }) => ({ oid, size })),
          hash_algo: 'sha256',
        }),
      },
      subject,
    );
    const text = await this.#orUnavailable(subject, () => readBounded(body));
    if (statusCode === 401 || statusCode === 403)
      throw new SiskinError(
        'SOURCE_TOKEN_REFUSED',
        `${subject}: its LFS server answered with status ${statusCode}`,
      );
    if (statusCode !== 200)
      throw unavailable(`${subject}: its LFS server answered with status ${statusCode}`);
    return downloads(text, pointers, subject);
  }

  async #send(url: string, options: SendOptions, subject: string): Promise<Dispatcher.ResponseData> {
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
      throw unavailable(`${subject}: its LFS server named an address that is not https`);
    return await this.#orUnavailable(subject, () =>
      request(url, { ...options, dispatcher: this.#dispatcher, signal: this.#signal }),
    );
  }

  async #orUnavailable<T>(subject: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof SiskinError) throw error;
      throw unavailable(`${subject}: ${messageOf(error).slice(0, 300)}`);
    }
  }
}

interface SendOptions {
  method?: 'POST';
  headers: Record<string, string>;
  body?: string;
}

function downloads(text: string, pointers: readonly LfsPointer[], subject: string): LfsDownload[] {
  const { data } = answerSchema.safeParse(parsed(text));
  if (!data) throw unavailable(`${subject}: its LFS server's answer is none of the batch API`);
  return pointers.map(({ oid, size }) => {
    const object = data.objects.find((candidate) => candidate.oid === oid);
    const download = object?.actions?.download;
    const why = object?.error ? `: ${object.error.code}` : '';
    if (!download) throw unavailable(`${subject}: the LFS server does not have the object ${oid}${why}`);
    return { oid, size, href: download.href, headers: download.header ?? {} };
  });
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error('the answer is larger than 4 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // the schema refuses it
    return undefined;
  }
}

const unavailable = (message: string): SiskinError => new SiskinError('LFS_UNAVAILABLE', message);
