import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pushPayload } from '../github-webhook.ts';
import { deliverEvent } from './deliver.ts';
import { GithubOpenApi, type HttpRequest } from './openapi.ts';
import { routes } from './routes.ts';
import { createInstallationToken, getInstallation, isAppToken } from './routes-app.ts';
import {
  type FakeAnswer,
  type FakeApp,
  type FakeDelivery,
  type FakeRepository,
  type FakeToken,
  notFound,
  type Permission,
} from './state.ts';

const everything: Permission[] = ['metadata', 'contents', 'repository_hooks', 'deployments', 'statuses'];

/** One request that was made, with what was answered; null while it has none. */
export interface Seen {
  route: string;
  path: string;
  query: string;
  body: unknown;
  status: number | null;
}

/** What the fake does with requests: as GitHub does, nothing at all, or one answer to everything. */
export type Mood = 'well' | 'hanging' | FakeAnswer;

/** GitHub, as far as Siskin asks it: stateful, over real HTTP, every request and answer held against its OpenAPI description. */
export class FakeGithub {
  readonly requests: Seen[] = [];
  /** What was not as GitHub describes it; a test expects none. */
  readonly violations: string[] = [];
  readonly tokens = new Map<string, FakeToken>();
  readonly repositories = new Map<string, FakeRepository>();
  app: FakeApp | null = null;
  readonly #openApi = new GithubOpenApi();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #watchers = new Set<() => void>();
  readonly #later = new Set<Promise<unknown>>();
  #mood: Mood = 'well';
  #loses: string | null = null;
  #lastId = 1_000;

  /** @param port an own one for a fake that comes back at the same place */
  static async start(port = 0): Promise<FakeGithub> {
    const fake = new FakeGithub();
    await new Promise<void>((resolve) => fake.#server.listen(port, '127.0.0.1', resolve));
    return fake;
  }

  /** `github.apiUrl`, as GitHub Enterprise Server's. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v3`;
  }

  async close(): Promise<void> {
    await this.settled();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  addRepository(name: string, more: Partial<FakeRepository> = {}): FakeRepository {
    const empty = { hooks: [], deployments: [], commitStatuses: [], commits: null };
    const repository = { name, private: true, origin: 'https://127.0.0.1', ...empty, ...more };
    this.repositories.set(name, repository);
    return repository;
  }

  addToken(token: string, permissions: Permission[] = everything): FakeToken {
    const added = { permissions, revoked: false, expiresAt: null };
    this.tokens.set(token, added);
    return added;
  }

  addApp(app: Pick<FakeApp, 'id' | 'publicKey' | 'installations'>, permissions = everything): void {
    this.app = { ...app, permissions, tokenLifeMs: 3_600_000 };
  }

  set mood(mood: Mood) {
    this.#mood = mood;
  }

  /** The next request of this route is done, and its answer lost on the way. */
  loseAnswerTo(route: string): void {
    this.#loses = route;
  }

  /** Resolves when it is true; looked at whenever a request was answered or came in. */
  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isTrue()) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** A branch moved: GitHub tells every hook. @returns the deliveries once they are answered */
  push(name: string, sha: string, fields: Parameters<typeof pushPayload>[0] = {}): Promise<FakeDelivery[]> {
    const repository = this.repositories.get(name);
    if (!repository) throw new Error(`there is no ${name}`);
    repository.commits?.add(sha);
    const host = new URL(repository.origin).host;
    const payload = pushPayload({ repository: name, host, after: sha, ...fields });
    return deliverEvent(repository, 'push', payload);
  }

  /** Resolves when all that goes on after answers has ended. */
  async settled(): Promise<void> {
    while (this.#later.size > 0) await Promise.all(this.#later);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = await readRequest(request);
    const operation = this.#openApi.find(read);
    const route = operation?.route ?? `${read.method} ${read.path}`;
    const seen: Seen = {
      route,
      path: read.path,
      query: read.query.toString(),
      body: read.body,
      status: null,
    };
    this.requests.push(seen);
    this.#tell();
    if (this.#mood === 'hanging') return;
    const later: (() => Promise<unknown>)[] = [];
    const answer = this.#mood === 'well' ? this.#answer(request, read, later) : this.#mood;
    if (this.#loses === route) {
      this.#loses = null;
      response.destroy();
    } else send(response, answer);
    seen.status = answer.status;
    for (const work of later) this.#doLater(work);
    this.#tell();
  }

  #answer(request: IncomingMessage, read: HttpRequest, later: (() => Promise<unknown>)[]): FakeAnswer {
    const operation = this.#openApi.find(read);
    if (!operation) return this.#violated([`${read.method} ${read.path} is not of the description`]);
    if (operation.problems.length > 0) return this.#violated(operation.problems);
    const token = /^(?:bearer|token) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const answer =
      this.#appAnswer(operation.route, operation.params, token) ??
      this.#tokenAnswer(operation.route, operation.params, read, token, later);
    const wrong = operation.problemsOfAnswer(answer.status, plain(answer.body));
    return wrong.length > 0 ? this.#violated(wrong) : answer;
  }

  /** What is asked with the App's own key; null for everything else. */
  #appAnswer(route: string, params: Record<string, string>, token: string): FakeAnswer | null {
    const name = `${params.owner}/${params.repo}`;
    const ofInstallation = route === 'GET /repos/{owner}/{repo}/installation';
    if (!ofInstallation && !route.startsWith('POST /app/')) return null;
    if (this.app === null || !isAppToken(token, this.app))
      return badCredentials('A JSON web token could not be decoded');
    return ofInstallation
      ? getInstallation(this.app, name, this.url)
      : createInstallationToken(this.app, params.installation_id, this.tokens);
  }

  #tokenAnswer(
    route: string,
    params: Record<string, string>,
    { query, body }: HttpRequest,
    token: string,
    later: (() => Promise<unknown>)[],
  ): FakeAnswer {
    const known = this.tokens.get(token);
    if (!known || known.revoked || (known.expiresAt ?? Number.POSITIVE_INFINITY) < Date.now())
      return badCredentials('Bad credentials');
    const repository = this.repositories.get(`${params.owner}/${params.repo}`.toLowerCase());
    const its = routes[route];
    if (!repository || !its) return notFound;
    if (!known.permissions.includes(its.needs)) return forbidden(route, its.needs);
    const repositoryUrl = `${this.url}/repos/${repository.name}`;
    const nextId = () => {
      this.#lastId += 1;
      return this.#lastId;
    };
    const call = { repository, params, query, body, repositoryUrl, api: this.url, nextId };
    return its.answer({ ...call, later: (work) => void later.push(work) });
  }

  #violated(problems: string[]): FakeAnswer {
    this.violations.push(...problems);
    return { status: 400, body: { message: `not as described: ${problems.join('; ')}` } };
  }

  #doLater(work: () => Promise<unknown>): void {
    const done: Promise<unknown> = work().finally(() => {
      this.#later.delete(done);
      this.#tell();
    });
    this.#later.add(done);
  }

  #tell(): void {
    for (const look of [...this.#watchers]) look();
  }
}

const badCredentials = (message: string): FakeAnswer => ({
  status: 401,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: '401' },
});

const forbidden = (route: string, needs: Permission): FakeAnswer => ({
  status: 403,
  headers: { 'x-accepted-github-permissions': `${needs}=${route.startsWith('GET') ? 'read' : 'write'}` },
  body: { message: 'Resource not accessible by personal access token', status: '403' },
});

async function readRequest(request: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const url = new URL(request.url ?? '/', 'http://fake');
  return {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/^\/api\/v3/, ''),
    query: url.searchParams,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** BigInts become JSON numbers with all their digits. */
const bigMark = '\u0001big:';
const jsonOf = (body: unknown): string =>
  JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'bigint' ? `${bigMark}${value}` : value,
  ).replace(/"\\u0001big:(\d+)"/g, '$1');
const plain = (body: unknown): unknown => (body === undefined ? undefined : JSON.parse(jsonOf(body)));

function send(response: ServerResponse, { status, body, headers }: FakeAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : jsonOf(body));
}
