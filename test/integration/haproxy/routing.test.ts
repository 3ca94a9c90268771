import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HaproxyFixture, startHaproxy } from '../../support/haproxy-fixture.ts';
import { startReplica, type TestReplica } from '../../support/router-replica.ts';

describe('what HAProxy does with requests', () => {
  let haproxy: HaproxyFixture;
  let web: TestReplica;
  let api: TestReplica;
  beforeAll(async () => {
    haproxy = await startHaproxy([
      { backend: 'shop-production-web', host: 'shop.example.com', path: '/' },
      { backend: 'shop-production-api', host: 'shop.example.com', path: '/api' },
      { backend: 'shop-production-v2', host: 'shop.example.com', path: '/api/v2' },
      { backend: 'flaky-production-web', host: 'flaky.example.com', path: '/' },
      { backend: 'closing-production-web', host: 'closing.example.com', path: '/' },
    ]);
    web = await startReplica('web');
    api = await startReplica('api');
    for (const [backend, replica] of [
      ['shop-production-web', web],
      ['shop-production-api', api],
    ] as const) {
      await haproxy.router.addServer(backend, 'r1-1', replica.address, replica.port);
      await haproxy.router.enableServer(backend, 'r1-1', 100);
    }
  });
  afterAll(async () => {
    await web.close();
    await api.close();
    await haproxy.close();
  });

  it.each([
    ['/', 'web'],
    ['/apix', 'web'],
    ['/x/api', 'web'],
    ['/api', 'api'],
    ['/api/', 'api'],
    ['/api/x?y=/', 'api'],
    ['/api/v2x', 'api'],
  ])('sends %s to %s', async (path, body) => {
    expect(await haproxy.get('shop.example.com', path)).toEqual({ status: 200, body });
  });

  it('knows the host in any case, with a port or a final dot', async () => {
    for (const host of ['SHOP.example.com', 'shop.example.com:8443', 'shop.example.com.']) {
      expect((await haproxy.get(host, '/')).body).toBe('web');
    }
  });

  it('answers 404 for a host without a route, and does not echo it', async () => {
    const { status, body } = await haproxy.get('evil.example.com', '/<script>');
    expect(status).toBe(404);
    expect(body).toBe('No route is known for this host and path.\n');
  });

  it('answers 503 where no replica serves', async () => {
    const { status, body } = await haproxy.get('shop.example.com', '/api/v2/x');
    expect(status).toBe(503);
    expect(body).toBe('No replica can answer at the moment.\n');
  });

  it("keeps the front's forwarded headers, and says http where there is none", async () => {
    const seen = async (headers: Record<string, string>) => {
      const url = `http://127.0.0.1:${haproxy.port}/`;
      const answer = await request(url, { headers: { host: 'shop.example.com', ...headers } });
      await answer.body.dump();
      return JSON.parse(String(answer.headers['x-seen'])) as Record<string, string>;
    };
    expect(await seen({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' })).toMatchObject({
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
    });
    expect(await seen({})).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
  });

  it('asks another replica for a GET that got no answer, but never repeats a POST', async () => {
    const dying = await startDying();
    await haproxy.router.addServer('flaky-production-web', 'r1-1', '127.0.0.1', portOf(dying));
    await haproxy.router.addServer('flaky-production-web', 'r1-2', web.address, web.port);
    for (const server of ['r1-1', 'r1-2']) {
      await haproxy.router.enableServer('flaky-production-web', server, 100);
    }
    for (let i = 0; i < 4; i++) {
      expect((await haproxy.get('flaky.example.com', '/')).status).toBe(200);
    }
    const before = web.served;
    const statuses: number[] = [];
    // A connection for each: on a kept one HAProxy 2.6 hangs up instead of saying 502, and counts nothing.
    const dispatcher = new Agent({ pipelining: 0 });
    for (let i = 0; i < 4; i++) {
      const url = `http://127.0.0.1:${haproxy.port}/`;
      const headers = { host: 'flaky.example.com' };
      const answer = await request(url, { method: 'POST', body: 'order', headers, dispatcher });
      await answer.body.dump();
      statuses.push(answer.statusCode);
    }
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 502, 502]);
    expect(web.served - before).toBe(2);
    // Each GET that another had to answer, and the 2 POSTs that failed; how many GETs it got first is HAProxy's choice.
    const { servers } = await haproxy.router.counters('flaky-production-web');
    expect(servers['r1-1']?.errors).toBeGreaterThanOrEqual(4);
    expect(servers['r1-1']?.requests).toBe(servers['r1-1']?.errors);
    expect(servers['r1-2']).toEqual({ requests: 6, errors: 0 });
    dying.close();
  });

  it('loses no POST to an app that closes the connection of the request before', async () => {
    const closing = await startClosing();
    await haproxy.router.addServer('closing-production-web', 'r1-1', '127.0.0.1', portOf(closing));
    await haproxy.router.enableServer('closing-production-web', 'r1-1', 100);
    // From its file: to servers that were added at run time HAProxy 2.6 keeps no connections anyway.
    await haproxy.restart();
    const client = connect(haproxy.port, '127.0.0.1');
    for (let i = 0; i < 3; i++) {
      client.write('POST / HTTP/1.1\r\nHost: closing.example.com\r\nContent-Length: 5\r\n\r\norder');
      const [answer] = await once(client, 'data', { signal: AbortSignal.timeout(10_000) });
      expect(String(answer)).toMatch(/^HTTP\/1\.1 200[\s\S]*thanks$/);
    }
    client.destroy();
    closing.close();
  });

  it('shows a replica that refuses connections as failing, although nobody noticed', async () => {
    const gone = await startDying();
    const port = portOf(gone);
    gone.close();
    await haproxy.router.removeServer('flaky-production-web', 'r1-1');
    await haproxy.router.addServer('flaky-production-web', 'r2-1', '127.0.0.1', port);
    await haproxy.router.enableServer('flaky-production-web', 'r2-1', 100);
    for (let i = 0; i < 10; i++) expect((await haproxy.get('flaky.example.com', '/')).status).toBe(200);
    const { servers } = await haproxy.router.counters('flaky-production-web');
    expect(servers['r2-1']?.errors).toBeGreaterThanOrEqual(5);
    expect(servers['r2-1']?.requests).toBe(servers['r2-1']?.errors);
  });

  it('tells of itself on the metrics port only', async () => {
    const get = async (path: string) => {
      const answer = await request(`http://127.0.0.1:${haproxy.metricsPort}${path}`);
      return { status: answer.statusCode, body: await answer.body.text() };
    };
    expect((await get('/health')).status).toBe(200);
    expect((await get('/metrics')).body).toContain('haproxy_server_http_responses_total');
    expect((await get('/')).status).toBe(404);
    expect((await haproxy.get('other.example.com', '/metrics')).status).toBe(404);
  });

  it('threat 7: a request whose headers never end is answered 408', async () => {
    const socket = connect(haproxy.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: shop.example.com\r\nX-Slow: ');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 408/);
    socket.destroy();
  });
});

/** Accepts, reads, and hangs up: like an app that is killed with a request in hand. */
async function startDying(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Keeps connections, and closes each at the very moment when a second order comes on it. */
async function startClosing(): Promise<Server> {
  const server = createServer((socket) => {
    let orders = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      const first = !orders.includes('order');
      orders += chunk.toString();
      if (!first) socket.destroy();
      else if (orders.includes('order')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
