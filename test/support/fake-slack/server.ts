import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { checkBlocks } from './blocks.ts';
import { methods, SlackRefusal } from './methods.ts';
import { FakeSocket } from './socket.ts';
import { FakeWorkspace } from './workspace.ts';

/** What Slack does instead of answering. `lost`: it does what it was asked and never says so. */
export type Trouble =
  | { kind: 'hang' }
  | { kind: 'lost' }
  | { kind: 'status'; status: number }
  | { kind: 'rate'; seconds: number };

/**
 * A Slack over real HTTP, as Slack's documentation has it:
 * - Web API (docs.slack.dev/apis/web-api): `POST /api/METHOD`, form-encoded, objects as JSON texts, `Authorization: Bearer`;
 *   200 with `ok`, `error` and, for a missing scope, `needed` and `provided`; the scopes in `X-OAuth-Scopes`
 * - rate limits: 429 with `Retry-After` in seconds
 * - metadata comes with `include_all_metadata` only; history is newest first, without a thread's replies
 * - response_url: five times within 30 minutes, JSON; incoming webhook: `ok`, or 404 `no_service`
 * - Socket Mode: a WebSocket whose address is good once
 */
export class FakeSlack extends FakeWorkspace {
  readonly botToken = 'xoxb-0000-fake';
  readonly appToken = 'xapp-1-fake';
  readonly scopes = new Set(['chat:write', 'channels:history', 'channels:read', 'commands']);
  readonly socket = new FakeSocket(this);
  revoked = false;
  trouble: Trouble | null = null;
  readonly #server: Server;
  readonly #responses = new Map<string, { user: string; channel: string; uses: number }>();

  constructor(channels?: readonly string[]) {
    super(channels);
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.socket.accept(request, socket, head));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.socket.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  get apiUrl(): string {
    return `${this.origin}/api/`;
  }

  get webhookUrl(): string {
    return `${this.origin}/services/T0ACME/B0HOOK/secret`;
  }

  socketUrl = (): string => `${this.origin.replace('http', 'ws')}/link/?ticket=${this.socket.ticket()}`;

  /** An address at which an interaction can be answered. */
  responseUrl(user: string, channel: string): string {
    const id = String(this.#responses.size + 1);
    this.#responses.set(id, { user, channel, uses: 0 });
    return `${this.origin}/actions/T0ACME/${id}/secret`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const path = new URL(request.url ?? '/', this.origin).pathname;
    const what = path.startsWith('/api/')
      ? path.slice(5)
      : path.startsWith('/actions/')
        ? 'response_url'
        : 'webhook';
    this.calls.push(what);
    this.changed();
    const { trouble } = this;
    if (trouble?.kind === 'hang') return;
    if (trouble?.kind === 'status') return void response.writeHead(trouble.status).end('trouble');
    if (trouble?.kind === 'rate')
      return void response.writeHead(429, { 'retry-after': String(trouble.seconds) }).end();
    const [status, answer] = this.#answer(what, path, body, request.headers.authorization);
    if (trouble?.kind === 'lost') return;
    const type = typeof answer === 'string' ? 'text/plain' : 'application/json';
    const headers = { 'content-type': type, 'x-oauth-scopes': [...this.scopes].join(',') };
    response.writeHead(status, headers).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  #answer(what: string, path: string, body: string, authorization = ''): [number, unknown] {
    if (what === 'webhook') return this.#webhook(path, body);
    if (what === 'response_url') return this.#respond(path, body);
    try {
      const token = /^Bearer (\S+)$/.exec(authorization)?.[1] ?? '';
      const args = Object.fromEntries(new URLSearchParams(body));
      return [200, { ok: true, ...this.#call(what, token, args) }];
    } catch (error) {
      if (error instanceof SlackRefusal) return [200, { ok: false, error: error.code, ...error.more }];
      return [200, { ok: false, error: 'fatal_error', detail: String(error) }];
    }
  }

  #call(name: string, token: string, args: Record<string, string>): Record<string, unknown> {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method) throw new SlackRefusal('unknown_method');
    if (token === '') throw new SlackRefusal('not_authed');
    if (token !== (method.token === 'bot' ? this.botToken : this.appToken))
      throw new SlackRefusal('invalid_auth');
    if (this.revoked) throw new SlackRefusal('token_revoked');
    const [needed] = method.scopes;
    if (needed !== undefined && !method.scopes.some((scope) => this.scopes.has(scope)))
      throw new SlackRefusal('missing_scope', { needed, provided: [...this.scopes].join(',') });
    return method.run(args, this);
  }

  #webhook(path: string, body: string): [number, string] {
    if (path !== new URL(this.webhookUrl).pathname) return [404, 'no_service'];
    if (this.revoked) return [403, 'invalid_token'];
    const message = z
      .object({ text: z.string().min(1), blocks: z.array(z.unknown()) })
      .safeParse(JSON.parse(body));
    if (!message.success || checkBlocks(message.data.blocks).length > 0) return [400, 'invalid_blocks'];
    const blocks = JSON.parse(body).blocks;
    this.add({
      channel: 'C0HOOK',
      text: message.data.text,
      blocks,
      metadata: undefined,
      threadTs: null,
      broadcast: false,
      onlyFor: null,
    });
    return [200, 'ok'];
  }

  #respond(path: string, body: string): [number, unknown] {
    const known = this.#responses.get(path.split('/')[3] ?? '');
    if (!known || known.uses >= 5) return [404, 'expired_url'];
    known.uses += 1;
    const shape = z.strictObject({
      text: z.string().min(1).max(40_000),
      response_type: z.enum(['ephemeral', 'in_channel']).optional(),
      replace_original: z.boolean().optional(),
    });
    const answer = shape.safeParse(JSON.parse(body));
    if (!answer.success) return [400, 'invalid_payload'];
    const onlyFor = answer.data.response_type === 'in_channel' ? null : known.user;
    this.add({
      channel: known.channel,
      text: answer.data.text,
      blocks: [],
      metadata: undefined,
      threadTs: null,
      broadcast: false,
      onlyFor,
    });
    return [200, 'ok'];
  }
}

export const startFakeSlack = (channels?: readonly string[]): Promise<FakeSlack> =>
  new FakeSlack(channels).start();

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
