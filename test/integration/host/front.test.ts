import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../../src/adapters/process/find-program.ts';
import { freePort } from '../../support/free-port.ts';
import { initHost, scratchFolder } from '../../support/host-bundle.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let nginx: ChildProcess;
/** Stands where router and server are. */
let behind: Server;
let port: number;

beforeAll(async () => {
  scratch = await scratchFolder();
  await chmod(scratch.path, 0o755);
  port = await freePort();
  const folder = join(scratch.path, 'host');
  const ports = ['--http-port', String(port), '--https-port', String(await freePort())];
  const more = ['--allow', '127.0.0.2', '--public-url', 'https://deploy.example.com', ...ports];
  const { code, err } = await initHost(folder, 'production-test', ...more);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  behind = createServer((incoming, answer) => answer.end(JSON.stringify(incoming.headers)));
  await once(behind.listen(0, '127.0.0.1'), 'listening');
  const address = behind.address();
  const target = typeof address === 'object' && address ? address.port : 0;
  const config = join(scratch.path, 'nginx');
  await cp(join(folder, 'front', 'nginx'), config, { recursive: true });
  const status = await freePort();
  for (const entry of await readdir(config, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = await readFile(file, 'utf8');
    const here = text
      .replaceAll(/10\.213\.217\.24[23]:80\d\d/g, `127.0.0.1:${target}`)
      .replaceAll('127.0.0.1:8404', `127.0.0.1:${status}`)
      .replaceAll(/"\/(tmp|served|acme)/g, `"${scratch.path}`)
      .replaceAll('"/dev/stdout"', `"${scratch.path}/access.log"`);
    await writeFile(file, here);
  }
  const file = join(config, 'nginx.conf');
  const foreground = ['-e', 'stderr', '-g', 'daemon off; error_log stderr notice;', '-c', file];
  const text = (await readFile(file, 'utf8')).replace('error_log stderr warn;', '');
  await writeFile(file, text);
  nginx = spawn(await findProgram('nginx', 'nginx'), foreground, { stdio: ['ignore', 'ignore', 'pipe'] });
  await started(nginx);
});
afterAll(async () => {
  if (nginx?.exitCode === null) {
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
  }
  behind?.close();
  await scratch?.remove();
});

function started({ stderr }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = '';
    stderr?.on('data', (data) => {
      told += data;
      if (told.includes('start worker process ')) resolve();
    });
    stderr?.on('end', () => reject(new Error(told)));
  });
}

async function ask(host: string, path: string, localAddress = '127.0.0.1', method = 'GET') {
  const asking = request({ host: '127.0.0.1', port, path, method, localAddress, headers: { host } }).end();
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    asking.on('response', resolve).on('error', reject),
  );
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, text };
}

describe('the front of production and test', () => {
  it('lets only --allow into the test environment, and everybody into production', async () => {
    expect((await ask('test.shop.example.com', '/')).status).toBe(403);
    expect((await ask('test.shop.example.com', '/', '127.0.0.2')).status).toBe(200);
    expect((await ask('shop.example.com', '/')).status).toBe(200);
  });

  it('tells apps who the client is, and believes nobody who says so', async () => {
    const { text } = await ask('test.shop.example.com', '/', '127.0.0.2');
    expect(JSON.parse(text)).toMatchObject({ 'x-forwarded-for': '127.0.0.2', host: 'test.shop.example.com' });
  });

  it('of Siskin’s server passes on webhooks alone', async () => {
    expect((await ask('deploy.example.com', '/webhooks/github', '127.0.0.1', 'POST')).status).toBe(200);
    expect((await ask('deploy.example.com', '/webhooks/github')).status).toBe(405);
    expect((await ask('deploy.example.com', '/api/releases')).status).toBe(404);
  });

  it('knows no other host', async () => {
    expect((await ask('other.example.com', '/')).status).toBe(404);
  });
});
