import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { type FrontFixture, startFrontFixture, usersFile } from '../../support/front-fixture.ts';
import { rawRequest } from '../../support/raw-request.ts';
import { openWebSocket } from '../../support/router-replica.ts';

const shop = 'shop.example.com';
const closed = 'closed.example.com';
const unlimited = {
  general: { rate: '10000r/s', burst: 10_000 },
  heavy: { rate: '10000r/s', burst: 10_000 },
};

describe('requests through the front', () => {
  let fixture: FrontFixture;
  let store: Server;
  beforeAll(async () => {
    store = createServer((request, response) => {
      request.resume();
      response.setHeader('set-cookie', 'of=the-store');
      response.end(
        `${request.method} ${request.url} for ${request.headers.host} ${request.headers.cookie ?? ''}`,
      );
    }).listen(0, '127.0.0.1');
    await once(store, 'listening');
    const address = store.address();
    const stored = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const files = {
      path: '/files/',
      to: [`http://127.0.0.1:${await freePort()}`, `http://${stored}`],
      base: '/uploads/',
      host: 'minio:9000',
    };
    fixture = await startFrontFixture(
      {
        production: { routes: [{ host: shop }], front: { limits: unlimited, maxBody: '1k', proxy: [files] } },
        admin: { routes: [{ host: shop, path: '/admin' }], access: { allow: ['10.0.0.0/8'] } },
        page: {
          routes: [{ host: 'page.example.com', path: '/api' }],
          front: { static: { root: './page', fallback: '/index.html' } },
        },
        closed: { routes: [{ host: closed }], access: { allow: ['10.0.0.0/8'] } },
        known: { routes: [{ host: 'known.example.com' }], access: { basicAuth: 'developers' } },
        both: {
          routes: [{ host: 'both.example.com' }],
          access: { allow: ['127.0.0.1'], basicAuth: 'developers' },
        },
        either: {
          routes: [{ host: 'either.example.com' }],
          access: { allow: ['10.0.0.0/8'], basicAuth: 'developers', satisfy: 'any' },
        },
      },
      { limits: unlimited },
      async (folder) => {
        await usersFile(folder, 'developers', 'ana', 'correct horse');
        await mkdir(join(folder, 'page', 'assets'), { recursive: true });
        await writeFile(join(folder, 'page', 'index.html'), '<h1>page</h1>');
        await writeFile(join(folder, 'page', 'assets', 'app.js'), 'let page;');
      },
    );
  });
  afterAll(async () => {
    await fixture.close();
    store.close();
  });

  const status = async (host: string, path: string, headers = {}) =>
    (await fixture.get(host, path, { headers })).status;

  it('sends a request to the app of its host and path, and 404 for hosts nobody has', async () => {
    expect(await fixture.get(shop, '/x?y=/')).toMatchObject({ status: 200, body: 'shop-production-web' });
    expect(await fixture.get('page.example.com', '/api/x')).toMatchObject({ body: 'shop-page-web' });
    expect(await status('evil.example.com', '/')).toBe(404);
    expect(await status('127.0.0.1', '/')).toBe(404);
  });

  it('adds security headers where the app sets none, and only there', async () => {
    const plain = await fixture.get(shop, '/?status=500');
    expect(plain.headers).toMatchObject({
      'x-frame-options': 'SAMEORIGIN',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'content-security-policy': expect.stringContaining("frame-ancestors 'self'"),
    });
    expect(plain.headers['strict-transport-security']).toBeUndefined();
    const own = await fixture.get(shop, '/?header=x-frame-options:DENY&header=referrer-policy:origin');
    expect(own.headers).toMatchObject({ 'x-frame-options': 'DENY', 'referrer-policy': 'origin' });
  });

  it('tells the app who asked, and believes no client about it', async () => {
    const { seen } = await fixture.get(shop, '/', {
      headers: {
        'x-forwarded-for': '6.6.6.6',
        'x-real-ip': '6.6.6.6',
        'x-forwarded-proto': 'https',
        forwarded: 'for=6.6.6.6',
      },
    });
    expect(seen).toMatchObject({
      host: shop,
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    expect(JSON.stringify(seen)).not.toContain('6.6.6.6');
  });

  it.each([
    '/.env',
    '/.git/config',
    '/a/.htaccess',
    '/%2eenv',
    '/backup.sql',
    '/x/settings.INI',
    '/old.bak',
    '/error.log',
    '/.index.html.swp',
  ])('answers 404 for %s without asking the app', async (path) => {
    const before = fixture.replicas.get('shop-production-web')?.served;
    expect(await status(shop, path)).toBe(404);
    expect(fixture.replicas.get('shop-production-web')?.served).toBe(before);
  });

  it('leaves what only looks like one to the app', async () => {
    for (const path of ['/environment', '/login', '/blog', '/.well-known/security.txt'])
      expect(await status(shop, path), path).toBe(200);
  });

  it('carries WebSockets', async () => {
    const socket = await openWebSocket(fixture.http, shop);
    expect(await socket.echo('hello')).toBe('hello');
    socket.close();
  });

  it('refuses bodies beyond maxBody, and streams those within', async () => {
    const post = (bytes: number) => fixture.get(shop, '/', { method: 'POST', body: Buffer.alloc(bytes) });
    expect((await post(1024)).status).toBe(200);
    expect((await post(1025)).status).toBe(413);
  });

  it('serves a folder, with a page for paths that name no file', async () => {
    const get = (path: string) => fixture.get('page.example.com', path);
    expect(await get('/assets/app.js')).toMatchObject({ body: 'let page;' });
    expect((await get('/assets/app.js')).headers['content-type']).toBe('text/javascript');
    expect(await get('/orders/17')).toMatchObject({ status: 200, body: '<h1>page</h1>' });
    expect((await get('/')).headers['x-frame-options']).toBe('SAMEORIGIN');
    expect((await get('/../siskin.yaml')).body).not.toContain('apps');
  });

  it('reads files from a store that is not published, around a server that is down', async () => {
    for (let count = 0; count < 4; count++) {
      const answer = await fixture.get(shop, '/files/a/b.png?v=1', { headers: { cookie: 'of=the-app' } });
      expect(answer).toMatchObject({ status: 200, body: 'GET /uploads/a/b.png?v=1 for minio:9000 ' });
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect((await fixture.get(shop, '/files/a', { method: 'PUT', body: 'x' })).status).toBe(405);
    expect(await status(shop, '/files/')).toBe(404); // no listing
  });

  describe('access', () => {
    const ana = { authorization: `Basic ${Buffer.from('ana:correct horse').toString('base64')}` };
    const eve = { authorization: `Basic ${Buffer.from('ana:wrong').toString('base64')}` };

    it.each([
      ['an allow-list', closed, {}, 403],
      ['an allow-list, with a password it does not ask for', closed, ana, 403],
      ['a password', 'known.example.com', {}, 401],
      ['a wrong one', 'known.example.com', eve, 401],
      ['the right one', 'known.example.com', ana, 200],
      ['both', 'both.example.com', {}, 401],
      ['both, with the password', 'both.example.com', ana, 200],
      ['either, from outside', 'either.example.com', {}, 401],
      ['either, with the password', 'either.example.com', ana, 200],
    ])('asks for %s: %s %j', async (_what, host, headers, expected) => {
      expect(await status(host, '/', headers)).toBe(expected);
    });

    it('keeps the password from the app, and leaves it other credentials', async () => {
      const known = await fixture.get('known.example.com', '/', { headers: ana });
      expect(known.seen.authorization).toBeUndefined();
      const bearer = await fixture.get(shop, '/', { headers: { authorization: 'Bearer x' } });
      expect(bearer.seen.authorization).toBe('Bearer x');
    });

    it('is no matter for who gives out certificates', async () => {
      const place = join(fixture.config.dataDir, 'nginx', 'acme', '.well-known', 'acme-challenge');
      await mkdir(place, { recursive: true });
      await writeFile(join(place, 'a-token'), 'a-token.thumbprint');
      for (const host of [closed, 'known.example.com', 'new.example.com'])
        expect(await fixture.get(host, '/.well-known/acme-challenge/a-token')).toMatchObject({
          status: 200,
          body: 'a-token.thumbprint',
        });
    });

    it.each([
      ['/admin/', 403],
      ['/%61dmin/', 403],
      ['//admin/x', 403],
      ['/admin/../x', 400],
      ['/admin/%2e%2e/x', 400],
      ['/x/..%2fadmin/', 400],
      ['/admin/..;/x', 400],
    ])('holds for %s, however it is spelled', async (path, expected) => {
      const before = fixture.replicas.get('shop-admin-web')?.served;
      const answer = await rawRequest(fixture.http, `GET ${path} HTTP/1.1\r\nHost: ${shop}`);
      expect(answer.status).toBe(expected);
      expect(fixture.replicas.get('shop-admin-web')?.served).toBe(before);
    });

    it('is judged for the host that is asked, not for another named beside it', async () => {
      const line = `GET http://${shop}/ HTTP/1.1\r\nHost: ${closed}`;
      expect((await rawRequest(fixture.http, line)).text).toContain('shop-production-web');
      expect(fixture.replicas.get('shop-closed-web')?.served).toBe(0);
    });
  });
});
