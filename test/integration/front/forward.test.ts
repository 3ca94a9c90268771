import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { connect as connectTcp, createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Environments,
  type FrontFixture,
  selfSigned,
  startFrontFixture,
} from '../../support/front-fixture.ts';
import { openWebSocket } from '../../support/router-replica.ts';
import { overTls, servedSerial, startHandshakes } from '../../support/tls-load.ts';

const shop = 'shop.example.com';
const grafana = 'grafana.example.com';
const plain = 'plain.example.com';
const late = 'late.example.com';
/** Three clients; what the first host says to the second comes from 127.0.0.1. */
const [ana, ben, cho] = ['127.0.0.5', '127.0.0.6', '127.0.0.7'] as const;
const few = { general: { rate: '1r/m', burst: 2 } };

/** A service host with a public address, and a maintenance host that only it reaches. */
let service: FrontFixture;
let maintenance: FrontFixture;
/** A host that knows nothing of the PROXY protocol, and the first bytes it was sent. */
const bare = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (data) => {
    bare.emit('heard', data.toString('latin1'));
    socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
  });
});

const own: Environments = {
  production: { routes: [{ host: shop }] },
  limited: { routes: [{ host: 'limited.example.com' }], front: { limits: few } },
};
const passedOn = (hosts: string[]) => ({
  hosts,
  to: `127.0.0.1:${maintenance.https}`,
  http: `127.0.0.1:${maintenance.http}`,
});
const toBare = () => {
  const address = bare.address();
  const to = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return { hosts: ['bare.example.com'], to, http: to, proxyProtocol: false };
};

beforeAll(async () => {
  bare.listen(0, '127.0.0.1');
  await once(bare, 'listening');
  maintenance = await startFrontFixture(
    {
      grafana: { routes: [{ host: grafana }, { host: late }], front: { limits: few } },
      plain: { routes: [{ host: plain }], front: { tls: 'off' } },
    },
    { trust: { networks: ['127.0.0.1'] } },
    (folder) => selfSigned(folder, 'all', [grafana, late]),
  );
  service = await startFrontFixture(own, { forward: [passedOn([grafana, plain]), toBare()] }, (folder) =>
    selfSigned(folder, 'all', [shop, 'limited.example.com']),
  );
});
afterAll(async () => {
  await service.close();
  await maintenance.close();
  bare.close();
});

/** A request by HTTPS to the public address. */
const secure = async (host: string, localAddress: string) => {
  const { status, headers } = await overTls(service.https, host, '/', { localAddress });
  return { status, ...told(headers) };
};

/** The same by plain HTTP. */
const insecure = async (host: string, path = '/', method = 'GET', body = '') => {
  const options = { host: '127.0.0.1', port: service.http, path, method, localAddress: ana, agent: false };
  const sent = http.request({ ...options, headers: { host, 'x-forwarded-for': '6.6.6.6' } });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [http.IncomingMessage];
  const text = (await answer.setEncoding('utf8').toArray()).join('');
  return { status: answer.statusCode, text, location: answer.headers.location, ...told(answer.headers) };
};

/** What the app saw. */
const told = (headers: object) => {
  const seen = JSON.parse(String(Reflect.get(headers, 'x-seen') ?? '{}'));
  const { 'x-real-ip': client, 'x-forwarded-for': list, 'x-forwarded-port': port } = seen;
  return { client, list, port };
};

const tlsTo = (servername: string, localAddress = ana) => ({
  ...{ host: '127.0.0.1', port: service.https, servername, localAddress, rejectUnauthorized: false },
});

describe('a name of another host', () => {
  it('is passed on unopened: that host’s certificate, and the client’s address in its app', async () => {
    expect(await servedSerial(service.https, grafana)).toBe(await serialOf(maintenance, grafana));
    expect(await servedSerial(service.https, shop)).not.toBe(await servedSerial(service.https, grafana));
    const answer = { status: 200, client: ana, list: ana, port: String(maintenance.https) };
    expect(await secure(grafana, ana)).toEqual(answer);
    expect(await secure(grafana.toUpperCase(), ben)).toMatchObject({ client: ben });
  });

  it('is limited there per client', async () => {
    const statuses = [];
    for (let sent = 0; sent < 4; sent++) statuses.push((await secure(grafana, cho)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await secure(grafana, '127.0.0.8')).status).toBe(200);
  });

  it('by plain HTTP reaches that host too, under the client’s address', async () => {
    expect(await insecure(plain)).toMatchObject({
      status: 200,
      text: 'shop-plain-web',
      client: ana,
      list: ana,
    });
    expect(await insecure(plain, '/a', 'HEAD')).toMatchObject({ status: 200, text: '', client: ana });
    expect(await insecure(plain, '/a', 'POST', 'x'.repeat(200_000))).toMatchObject({
      status: 200,
      client: ana,
    });
    const location = `https://${grafana}:${maintenance.https}/a?b=c`;
    expect(await insecure(grafana, '/a?b=c')).toMatchObject({ status: 301, location });
  });

  it('can prove itself to an ACME server from that host', async () => {
    const folder = join(maintenance.config.dataDir, 'nginx/acme/.well-known/acme-challenge');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'token'), 'proof');
    const answer = await insecure(grafana, '/.well-known/acme-challenge/token');
    expect(answer).toMatchObject({ status: 200, text: 'proof' });
    expect((await insecure(shop, '/.well-known/acme-challenge/token')).status).toBe(404);
  });

  it('carries WebSockets, by TLS and without', async () => {
    const secured = connect(tlsTo(grafana));
    await once(secured, 'secureConnect');
    for (const socket of [
      await openWebSocket(0, grafana, secured),
      await openWebSocket(service.http, plain),
    ]) {
      expect(await socket.echo('ping')).toBe('ping');
      socket.close();
    }
  });

  it('may be of a host that knows no PROXY protocol', async () => {
    const heardTls = once(bare, 'heard');
    connect(tlsTo('bare.example.com')).on('error', () => undefined);
    expect(String((await heardTls)[0]).charCodeAt(0)).toBe(0x16); // the handshake itself, no line before it
    const heard = once(bare, 'heard');
    expect((await insecure('bare.example.com')).status).toBe(204);
    expect(String((await heard)[0])).toMatch(
      /^GET \/ HTTP\/1\.1\r\n(.+\r\n)*X-Forwarded-For: 127\.0\.0\.5\r\n/,
    );
  });
});

const serialOf = async (fixture: FrontFixture, host: string): Promise<string> => {
  // Straight there a connection must begin with the line, as from the first host.
  const raw = connectTcp(fixture.https, '127.0.0.1');
  raw.write(`PROXY TCP4 ${ana} 127.0.0.1 1 443\r\n`);
  const socket = connect({ socket: raw, servername: host, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
};

/** One that has just ended by itself is as good. */
function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** After a reload, workers of before take connections until they hear of it; then they say that they are ending. */
const noneTakenByBefore = (workers: number[]) =>
  vi.waitFor(
    async () => {
      for (const pid of workers)
        expect(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'shutting down')).toContain(
          'shutting down',
        );
    },
    { timeout: 30_000, interval: 20 },
  );

describe('this host’s own names, behind what looks at names', () => {
  it('have the client’s address, in the app and in limits', async () => {
    expect(await secure(shop, ben)).toEqual({
      status: 200,
      client: ben,
      list: ben,
      port: String(service.https),
    });
    const statuses = [];
    for (let sent = 0; sent < 4; sent++) statuses.push((await secure('limited.example.com', ana)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await secure('limited.example.com', ben)).status).toBe(200);
  });

  it('are served by HTTP/2 as before, and nobody else’s name is', async () => {
    const socket = connect({ ...tlsTo(shop), ALPNProtocols: ['h2', 'http/1.1'] });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('h2');
    socket.destroy();
    for (const name of ['unknown.example.com', `not-${grafana}`, ''])
      await expect(servedSerial(service.https, name)).rejects.toThrow();
  });

  it('drop nothing when names are passed on from now on, and another one later', async () => {
    await service.again(own, {});
    expect(await secure(shop, ana)).toMatchObject({ status: 200, client: ana });
    const { workers } = await service.workers();
    const load = startHandshakes(service.https, shop, 4);
    await service.again(own, { forward: [passedOn([grafana, plain]), toBare()] });
    const secured = connect(tlsTo(shop));
    await once(secured, 'secureConnect');
    const socket = await openWebSocket(0, shop, secured);
    await noneTakenByBefore(workers);
    const other = startHandshakes(service.https, grafana, 2);
    const { workers: second } = await service.workers();
    await service.again(own, { forward: [passedOn([grafana, plain, late]), toBare()] });
    await noneTakenByBefore(second);
    expect(await secure(late, ana)).toMatchObject({ status: 200, client: ana });
    const [made, passed] = [await load.stop(), await other.stop()];
    expect({ own: made.failures, passedOn: passed.failures }).toEqual({ own: [], passedOn: [] });
    expect([made.serials.size, passed.serials.size]).toEqual([1, 1]);
    expect(await socket.echo('still here')).toBe('still here');
    socket.close();
  });

  it('are served again when nginx was killed with all its workers, which left its sockets', async () => {
    const before = await service.workers();
    for (const pid of [before.master, ...before.workers]) killed(pid);
    const serves = async () => {
      expect((await service.workers()).master).not.toBe(before.master);
      expect((await secure(shop, ana)).status).toBe(200);
      expect((await insecure(plain)).status).toBe(200);
    };
    await vi.waitFor(serves, { timeout: 30_000, interval: 100 });
    expect((await readdir(join(service.config.dataDir, 'nginx/sockets'))).sort()).toEqual([
      'forward-1.sock',
      'own.sock',
    ]);
  });

  it('are served as ever while the other host is down', async () => {
    await maintenance.front.stop();
    const load = startHandshakes(service.https, shop, 2);
    await expect(servedSerial(service.https, grafana)).rejects.toThrow();
    expect((await insecure(plain)).status).toBe(502);
    expect((await secure(shop, ana)).status).toBe(200);
    expect((await load.stop()).failures).toEqual([]);
  });
});
