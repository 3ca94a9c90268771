import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpProber } from '../../../src/adapters/http/prober.ts';

const servers: http.Server[] = [];

async function serve(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

const probe = (port: number, path = '/healthz', timeoutMs = 2_000, address = '127.0.0.1') =>
  new HttpProber().probe({ address, port, path, timeoutMs }, new AbortController().signal);

describe('HttpProber', () => {
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('tells the status of the answer', async () => {
    const port = await serve((request, response) => {
      response.statusCode = request.url === '/healthz' ? 204 : 500;
      response.end();
    });
    expect(await probe(port)).toEqual({ status: 204 });
    expect(await probe(port, '/other')).toEqual({ status: 500 });
  });

  it('threat 19: does not follow a redirect', async () => {
    let asked = 0;
    const port = await serve((_request, response) => {
      asked++;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await probe(port)).toEqual({ status: 302 });
    expect(asked).toBe(1);
  });

  it('threat 19: asks nothing but a container address', async () => {
    expect(await probe(80, '/', 1_000, 'metadata.internal')).toEqual({
      error: '"metadata.internal" is no container address',
    });
  });

  it('threat 34: reads at most 64 KiB of an answer', async () => {
    let sent = 0;
    const port = await serve((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = (): void => {
        if (sent > 100 * 1024 * 1024 || response.destroyed) return;
        sent += chunk.length;
        response.write(chunk, more);
      };
      more();
    });
    expect(await probe(port)).toEqual({ error: 'its answer is larger than 64 KiB' });
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('threat 34: gives up on an answer that never ends', async () => {
    const port = await serve((_request, response) => {
      response.write('…');
    });
    expect(await probe(port, '/', 200)).toEqual({ error: 'no answer within 200 ms' });
  });

  it('says that nobody listens', async () => {
    const port = await serve(() => undefined);
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    expect(await probe(port)).toEqual({ error: 'connection refused' });
  });
});
