import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

export interface FakeRecord {
  id: string;
  name: string;
  type: string;
  content: string;
  proxied: boolean;
  ttl: number;
}

export interface FakeToken {
  /** `zone:read`, `dns:read`, `dns:edit` */
  permissions: string[];
}

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const edited = z.object({
  type: z.string(),
  name: z.string(),
  content: z.string(),
  ttl: z.number(),
  proxied: z.boolean().optional(),
});

/** Cloudflare's API v4 for zones and DNS records: stateful, over HTTP, with its envelope, paging, permissions and errors. */
export class FakeCloudflare {
  readonly zoneId = randomBytes(16).toString('hex');
  readonly tokens = new Map<string, FakeToken>();
  readonly records: FakeRecord[] = [];
  /** `METHOD /path?query`, in order. */
  readonly requests: string[] = [];
  /** The next answers to PATCH, before what it would do otherwise; null lets one through. */
  readonly moods: (Answer | null)[] = [];
  /** Says yes to a PATCH and keeps the old content. */
  forgetful = false;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  readonly zone: string;

  private constructor(zone: string) {
    this.zone = zone;
  }

  static async start(zone: string): Promise<FakeCloudflare> {
    const fake = new FakeCloudflare(zone);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/client/v4`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  add(name: string, content: string, more: Partial<FakeRecord> = {}): FakeRecord {
    const id = randomBytes(16).toString('hex');
    const record = { id, name, type: 'CNAME', content, proxied: false, ttl: 1, ...more };
    this.records.push(record);
    return record;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    this.requests.push(`${request.method} ${request.url}`);
    const { status, body: answer, headers } = this.#answer(request, body);
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(answer));
  }

  #answer({ method, url = '', headers }: IncomingMessage, body: string): Answer {
    const { pathname, searchParams } = new URL(url, 'http://fake');
    const path = pathname.replace('/client/v4', '');
    const token = this.tokens.get((headers.authorization ?? '').replace(/^Bearer /, ''));
    if (!token) return failure(403, 9109, 'Invalid access token');
    const may = (permission: string) => token.permissions.includes(permission);
    if (method === 'GET' && path === '/zones') {
      const seen = may('zone:read') && [null, this.zone].includes(searchParams.get('name'));
      return page(seen ? [{ id: this.zoneId, name: this.zone, status: 'active' }] : [], searchParams, 20);
    }
    const [, id] = new RegExp(`^/zones/${this.zoneId}/dns_records(?:/([0-9a-f]{32}))?$`).exec(path) ?? [null];
    if (id === null)
      return failure(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
    if (!may(method === 'PATCH' ? 'dns:edit' : 'dns:read'))
      return failure(403, 10_000, 'Authentication error');
    if (method === 'GET' && id === undefined) {
      const name = searchParams.get('name.exact') ?? searchParams.get('name');
      return page(
        this.records.filter((record) => name === null || record.name === name),
        searchParams,
        100,
      );
    }
    if (method === 'PATCH' && id !== undefined) return this.#edit(id, body);
    return failure(405, 10_405, 'Method not allowed');
  }

  #edit(id: string, body: string): Answer {
    const mood = this.moods.shift();
    if (mood) return mood;
    const record = this.records.find((one) => one.id === id);
    if (!record) return failure(404, 81_044, 'Record does not exist.');
    const change = edited.safeParse(JSON.parse(body));
    if (!change.success) return failure(400, 9207, 'Failed to parse request body.');
    if (!this.forgetful) Object.assign(record, change.data);
    return { status: 200, body: { ...envelope, success: true, result: record } };
  }
}

const envelope = { errors: [], messages: [] };

export const failure = (status: number, code: number, message: string, headers = {}): Answer => ({
  status,
  headers,
  body: { success: false, errors: [{ code, message }], messages: [], result: null },
});

/** Pages count from 1; `result_info` as in "Pagination" of the API's reference. */
function page(all: unknown[], query: URLSearchParams, perPageDefault: number): Answer {
  const perPage = Number(query.get('per_page') ?? perPageDefault);
  const number = Number(query.get('page') ?? 1);
  const result = all.slice((number - 1) * perPage, number * perPage);
  const info = {
    page: number,
    per_page: perPage,
    count: result.length,
    total_count: all.length,
    total_pages: Math.ceil(all.length / perPage),
  };
  return { status: 200, body: { ...envelope, success: true, result, result_info: info } };
}
