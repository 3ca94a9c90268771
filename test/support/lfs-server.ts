import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type GitHttps, isLetIn } from './git-https.ts';

const batchSchema = z.object({
  operation: z.literal('download'),
  objects: z.array(z.object({ oid: z.string().length(64), size: z.number() })),
});

/** The batch API and the objects of a Git LFS server (git-lfs, docs/api), on a server of git-https.ts. */
export class LfsServer {
  /** Content by oid; what is not in it is missing. */
  readonly objects = new Map<string, Buffer>();
  readonly downloads: { path: string; authorization: string | undefined }[] = [];
  batches = 0;
  /** A token that the objects' own address wants. */
  readonly objectToken = 'planted-object-token';
  readonly #server: GitHttps;

  constructor(server: GitHttps) {
    this.#server = server;
    server.extra = (request, response) => this.#answer(request, response);
  }

  /** Keeps the content. @returns the text of its pointer */
  keep(content: Buffer): string {
    const oid = createHash('sha256').update(content).digest('hex');
    this.objects.set(oid, content);
    return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = request.url ?? '';
    if (path.startsWith('/objects/')) return this.#download(path, request, response);
    if (!path.endsWith('/info/lfs/objects/batch')) return false;
    if (!isLetIn(this.#server.tokens, request.headers.authorization)) {
      response.writeHead(401).end('{"message":"no"}');
      return true;
    }
    this.batches += 1;
    const { objects } = batchSchema.parse(JSON.parse(await text(request)));
    const answers = objects.map(({ oid, size }) => ({ oid, size, ...this.#actions(oid) }));
    response.writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' });
    response.end(JSON.stringify({ transfer: 'basic', objects: answers }));
    return true;
  }

  #actions(oid: string) {
    if (!this.objects.has(oid)) return { error: { code: 404, message: 'Object does not exist' } };
    const href = this.#server.url(`objects/${oid}`, '127.0.0.1');
    return { actions: { download: { href, header: { Authorization: `Bearer ${this.objectToken}` } } } };
  }

  #download(path: string, { headers }: IncomingMessage, response: ServerResponse): true {
    this.downloads.push({ path, authorization: headers.authorization });
    const content = this.objects.get(path.split('/')[2] ?? '');
    if (!content || headers.authorization !== `Bearer ${this.objectToken}`) response.writeHead(404).end();
    else response.writeHead(200).end(content);
    return true;
  }
}
