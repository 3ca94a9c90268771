import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';

export interface GitOverHttps {
  /** `https://127.0.0.1:4430` */
  origin: string;
  /** The certificate to trust, for GIT_SSL_CAINFO. */
  certificate: string;
  close(): Promise<void>;
}

/** Serves one repository for reading, under any path, as GitHub does: git's smart HTTP protocol over TLS. */
export async function serveGitOverHttps(repository: string): Promise<GitOverHttps> {
  const folder = mkdtempSync(join(tmpdir(), 'sk-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...names, ...files],
    {
      stdio: 'ignore',
    },
  );
  const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
  const server = createServer(tls, (request, response) => serve(repository, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** gitprotocol-http(5). */
function serve(repository: string, request: IncomingMessage, response: ServerResponse): void {
  const asksRefs = request.method === 'GET' && request.url?.endsWith('/info/refs?service=git-upload-pack');
  const kind = asksRefs ? 'advertisement' : 'result';
  response.setHeader('content-type', `application/x-git-upload-pack-${kind}`);
  response.setHeader('cache-control', 'no-cache');
  const allowed = [
    '-c',
    'uploadpack.allowFilter=true',
    '-c',
    'uploadpack.allowAnySHA1InWant=true',
    '-c',
    'safe.directory=*',
  ];
  const args = ['upload-pack', '--stateless-rpc', ...(asksRefs ? ['--advertise-refs'] : []), repository];
  const protocol = request.headers['git-protocol'];
  const env = {
    PATH: process.env.PATH ?? '',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...(typeof protocol === 'string' && { GIT_PROTOCOL: protocol }),
  };
  const child = spawn('git', [...allowed, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  if (asksRefs) response.write('001e# service=git-upload-pack\n0000');
  const zipped = request.headers['content-encoding'] === 'gzip';
  (zipped ? request.pipe(createGunzip()) : request).pipe(child.stdin);
  child.stdout.pipe(response);
}
