import { afterEach, describe, expect, it } from 'vitest';
import { type FrontFixture, startFrontFixture } from '../../support/front-fixture.ts';
import { rawRequest } from '../../support/raw-request.ts';

const environments = {
  production: { routes: [{ host: 'shop.example.com' }] },
  office: { routes: [{ host: 'office.example.com' }], access: { allow: ['203.0.113.0/24'] } },
};

describe('the client’s address through another proxy', () => {
  let fixture: FrontFixture;
  afterEach(() => fixture.close());

  /** What the app is told of a request that came with a PROXY line (or none). */
  const through = async (proxy: string, more = '', host = 'shop.example.com') => {
    const { status, text } = await rawRequest(fixture.http, `${proxy}GET / HTTP/1.1\r\nHost: ${host}${more}`);
    const seen = /x-seen: (.*)\r/i.exec(text)?.[1] ?? '{}';
    const { 'x-real-ip': ip, 'x-forwarded-for': list, 'x-forwarded-proto': proto } = JSON.parse(seen);
    return { status, ip, list, proto };
  };
  const from = (address: string) => `PROXY TCP4 ${address} 127.0.0.1 55555 80\r\n`;

  it('is the one of the PROXY protocol, for the app, for access and for limits', async () => {
    const limits = { general: { rate: '1r/m', burst: 1 } };
    fixture = await startFrontFixture(environments, { limits, trust: { networks: ['127.0.0.0/8'] } });
    const first = await through(from('203.0.113.9'), '\r\nX-Forwarded-For: 6.6.6.6');
    expect(first).toEqual({ status: 200, ip: '203.0.113.9', list: '203.0.113.9', proto: 'http' });
    expect((await through(from('203.0.113.9'))).status).toBe(200);
    expect((await through(from('203.0.113.9'))).status).toBe(429);
    expect(await through(from('198.51.100.7'))).toMatchObject({ status: 200, ip: '198.51.100.7' });
    expect((await through(from('203.0.113.9'), '', 'office.example.com')).status).toBe(200);
    expect((await through(from('198.51.100.8'), '', 'office.example.com')).status).toBe(403);
    expect((await through('')).status).toBeNaN(); // without the line the connection is closed
  });

  it('is not believed from a proxy that is not trusted', async () => {
    fixture = await startFrontFixture(environments, { trust: { networks: ['10.0.0.0/8'] } });
    expect(await through(from('203.0.113.9'))).toMatchObject({
      status: 200,
      ip: '127.0.0.1',
      list: '127.0.0.1',
    });
    expect((await through(from('203.0.113.9'), '', 'office.example.com')).status).toBe(403);
  });

  it('is the last one of X-Forwarded-For that no trusted proxy has, and so is the scheme', async () => {
    fixture = await startFrontFixture(environments, {
      trust: { networks: ['127.0.0.0/8', '10.0.0.0/8'], by: 'x-forwarded-for' },
    });
    const more = '\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.5\r\nX-Forwarded-Proto: https';
    expect(await through('', more)).toEqual({
      status: 200,
      ip: '203.0.113.9',
      list: '203.0.113.9',
      proto: 'https',
    });
  });
});
