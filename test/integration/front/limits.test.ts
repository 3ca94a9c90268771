import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FrontFixture, startFrontFixture } from '../../support/front-fixture.ts';
import { openWebSocket } from '../../support/router-replica.ts';

const token = 'a-token-of-the-load-tests';
const shop = 'shop.example.com';

describe('limits per client', () => {
  let fixture: FrontFixture;
  beforeAll(async () => {
    // 6r/m gives a request back every ten seconds: what passes at once is the burst and one, whatever the machine's load.
    const limits = {
      general: { rate: '6r/m', burst: 7 },
      heavy: { rate: '6r/m', burst: 5, paths: ['/api'] },
      light: { rate: '6r/m', burst: 9, paths: ['/static', '*.css'] },
      websocket: { rate: '6r/m', burst: 3 },
    };
    fixture = await startFrontFixture(
      {
        production: { routes: [{ host: shop }], front: { limits } },
        test: { routes: [{ host: 'test.example.com' }] },
      },
      { limits: { bypass: { header: 'X-Load-Test', token } } },
    );
  });
  afterAll(() => fixture.close());

  const sendAtOnce = async (count: number, host: string, path: string, headers = {}) => {
    const answers = await Promise.all(
      Array.from({ length: count }, () => fixture.get(host, path, { headers })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    return { passed: answers.filter(({ status }) => status === 200).length, refused };
  };

  it.each([
    ['general', '/', 8, '10'],
    ['heavy', '/api/orders', 6, '10'],
    ['light', '/static/app.js', 10, '10'],
    ['auth', '/login', 6, '12'],
  ])(
    '%s: the burst and one request pass, the others are answered 429',
    async (_name, path, allowed, after) => {
      const { passed, refused } = await sendAtOnce(allowed + 4, shop, path);
      expect({ passed, refused: refused.length }).toEqual({ passed: allowed, refused: 4 });
      expect(refused.map(({ headers }) => headers['retry-after'])).toEqual([after, after, after, after]);
      expect(refused[0]?.headers['x-content-type-options']).toBe('nosniff');
    },
  );

  it('counts WebSockets when they are opened, and leaves open ones alone', async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => openWebSocket(fixture.http, shop)));
    await expect(openWebSocket(fixture.http, shop)).rejects.toThrow('429');
    for (const socket of opened) expect(await socket.echo('still here')).toBe('still here');
    for (const socket of opened) socket.close();
  });

  it('counts each kind of path and each environment by itself', async () => {
    expect(await fixture.get(shop, '/')).toMatchObject({ status: 429 });
    expect(await fixture.get(shop, '/main.CSS')).toMatchObject({ status: 429 }); // light, used up above
    expect(await fixture.get('test.example.com', '/')).toMatchObject({ status: 200 });
  });

  it('does not let an odd spelling of a path escape its limit', async () => {
    for (const path of ['/%6cogin', '//login', '/login/', '/api/%2e%2e/login']) {
      expect((await fixture.get(shop, path)).status, path).toBeOneOf([429, 400]);
    }
  });

  it('has general limits by default that let a burst of 61 through and then 30 per second', async () => {
    const began = performance.now();
    const { passed, refused } = await sendAtOnce(200, 'test.example.com', '/many');
    const refilled = Math.ceil(((performance.now() - began) / 1000) * 30);
    expect(passed).toBeGreaterThanOrEqual(60); // one was sent above
    expect(passed).toBeLessThanOrEqual(61 + refilled);
    if (refilled < 100) expect(refused.length).toBeGreaterThan(0);
  });

  it('does not count requests that show the token, and tells it to nobody', async () => {
    const { passed } = await sendAtOnce(40, shop, '/login', { 'x-load-test': token });
    expect(passed).toBe(40);
    const { seen } = await fixture.get(shop, '/', { headers: { 'x-load-test': token } });
    expect(Object.keys(seen)).not.toContain('x-load-test');
    const log = await readFile(join(fixture.config.dataDir, 'nginx', 'nginx.log'), 'utf8');
    expect(log).toContain('"path":"/login"');
    expect(log).not.toContain(token);
  });

  it.each(['', token.toUpperCase(), `${token}x`, 'x'])(
    'counts requests with another token: %j',
    async (other) => {
      expect(await fixture.get(shop, '/login', { headers: { 'x-load-test': other } })).toMatchObject({
        status: 429,
      });
    },
  );
});
