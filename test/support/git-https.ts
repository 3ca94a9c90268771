import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';

/** A real git server over https (git http-backend), with a certificate of a CA of its own. */
export interface GitHttps {
  /** `https://…` address of the repository `name` in the server's root; `host` is another name of the same machine. */
  url(name: string, host?: string): string;
  /** What siskin's environment must hold to believe it. */
  environment: { GIT_SSL_CAINFO: string };
  /** Tokens that it takes; all repositories need one, and know nobody else. */
  tokens: Set<string>;
  /** What it was asked, with the Authorization header if there was one. */
  requests: { path: string; host: string; authorization: string | undefined }[];
  /** Set to answer paths that git http-backend does not know. @returns whether it did */
  extra: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | null;
  /** Awaited before every answer. */
  gate: () => Promise<void>;
  close(): Promise<void>;
}

/** @param folder an empty one, for keys. @param root the folder whose repositories it serves */
export async function startGitHttps(folder: string, root: string): Promise<GitHttps> {
  await mkdir(folder, { recursive: true });
  const ca = await makeCertificates(folder);
  const [cert, key] = await Promise.all([
    readFile(join(folder, 'server.pem')),
    readFile(join(folder, 'server.key')),
  ]);
  const state: Pick<GitHttps, 'tokens' | 'requests' | 'extra' | 'gate'> = {
    tokens: new Set(),
    requests: [],
    extra: null,
    gate: async () => {},
  };
  const server = createServer({ cert, key }, (request, response) => {
    answer(state, root, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: (name: string, host = 'localhost') => `https://${host}:${port}/${name}`,
    environment: { GIT_SSL_CAINFO: ca },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

async function answer(
  state: Pick<GitHttps, 'tokens' | 'requests' | 'extra' | 'gate'>,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { authorization, host = '' } = request.headers;
  state.requests.push({ path: request.url ?? '', host, authorization });
  await state.gate();
  if (await state.extra?.(request, response)) return;
  if (!isLetIn(state.tokens, authorization)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    return;
  }
  await httpBackend(root, request, response);
}

/** `Basic base64(user:token)`. */
export function isLetIn(tokens: ReadonlySet<string>, authorization: string | undefined): boolean {
  const [, encoded = ''] = /^Basic (\S+)$/.exec(authorization ?? '') ?? [];
  const [, token = ''] = /^[^:]*:(.*)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return tokens.has(token);
}

/** RFC 3875, as far as git http-backend needs it. */
async function httpBackend(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://x');
  const git = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'somebody',
    },
  });
  git.stdin.on('error', () => undefined);
  request.pipe(git.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of git.stdout) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  const end = whole.indexOf('\r\n\r\n');
  const headers = whole
    .subarray(0, end)
    .toString('latin1')
    .split('\r\n')
    .map((line) => line.split(': '));
  const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
  response.statusCode = Number(status.slice(0, 3));
  for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value);
  response.end(whole.subarray(end + 4));
}

/** @returns the path of the CA's certificate */
async function makeCertificates(folder: string): Promise<string> {
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execa('openssl', args);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  );
  await openssl(
    'req',
    ...newKey,
    '-subj',
    '/CN=localhost',
    '-keyout',
    file('server.key'),
    '-out',
    file('server.csr'),
  );
  await writeFile(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  await openssl(
    'x509',
    '-req',
    '-days',
    '2',
    '-in',
    file('server.csr'),
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-extfile',
    file('names'),
    '-out',
    file('server.pem'),
  );
  return file('ca.pem');
}
