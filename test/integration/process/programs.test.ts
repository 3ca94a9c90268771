import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HaproxyRouter } from '../../../src/adapters/haproxy/haproxy-router.ts';
import { type HaproxyServer, haproxyServer } from '../../../src/adapters/process/haproxy-server.ts';
import { prometheusServer } from '../../../src/adapters/process/prometheus-server.ts';
import { redisServer } from '../../../src/adapters/process/redis-server.ts';
import { socketDirectory } from '../../../src/adapters/process/socket-directory.ts';
import { renderPrometheusConfig } from '../../../src/adapters/prometheus/render-config.ts';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { startRouter as startOwnRouter } from '../../../workers/host-programs.ts';
import { freePort } from '../../support/free-port.ts';
import { startHaproxy } from '../../support/haproxy-fixture.ts';
import { startReplica } from '../../support/router-replica.ts';

const run = promisify(execFile);

describe('the programs that Siskin starts', () => {
  let dataDir: string;
  let stops: (() => Promise<void>)[];
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sk-'));
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('Redis: a private socket, no port, every write on disk, nothing evicted; keeps its data when killed', async () => {
    const redis = await redisServer({ dataDir });
    stops.push(() => redis.stop());
    await redis.start();
    const cli = async (...args: string[]) =>
      (await run('redis-cli', ['-s', redis.socket, ...args])).stdout.trim();
    const setting = async (name: string) => (await cli('config', 'get', name)).split('\n')[1];
    expect(await setting('port')).toBe('0');
    expect(await setting('appendonly')).toBe('yes');
    expect(await setting('appendfsync')).toBe('always');
    expect(await setting('maxmemory-policy')).toBe('noeviction');
    expect((await stat(redis.socket)).mode & 0o777).toBe(0o700);
    expect(await cli('set', 'kept', 'yes')).toBe('OK');
    const first = redis.supervisor.pid;
    redis.supervisor.signal('SIGKILL');
    while (redis.supervisor.pid === null || redis.supervisor.pid === first) await pause();
    await redis.supervisor.waitUntilReady(async () => (await cli('get', 'kept')) === 'yes');
    await redis.supervisor.release();
    const again = await redisServer({ dataDir });
    expect(await again.supervisor.start()).toBe('adopted');
    await again.supervisor.release();
    await redis.supervisor.start();
  });

  it('Redis: a data directory whose path is too long for a socket', async () => {
    const long = join(dataDir, 'a'.repeat(60), 'b'.repeat(60));
    const redis = await redisServer({ dataDir: long });
    stops.push(
      () => redis.stop(),
      () => rm(dirname(redis.socket), { recursive: true }),
    );
    await redis.start();
    expect(redis.socket.startsWith(long)).toBe(false);
    expect((await stat(dirname(redis.socket))).mode & 0o777).toBe(0o700);
    expect(dirname(redis.socket)).toBe(await socketDirectory(long));
  });

  it('Prometheus: keeps its port, is adopted, starts again over the lock of a killed one', async () => {
    const config = renderPrometheusConfig({ routerMetrics: '127.0.0.1:9', discoveryUrl: null });
    const prometheus = await prometheusServer({ dataDir, config });
    stops.push(() => prometheus.stop());
    await prometheus.start();
    const ready = async () => (await request(`${prometheus.url}/-/ready`)).statusCode === 200;
    const first = prometheus.supervisor.pid;
    prometheus.supervisor.signal('SIGKILL');
    while (prometheus.supervisor.pid === null || prometheus.supervisor.pid === first) await pause();
    await prometheus.supervisor.waitUntilReady(ready);
    await prometheus.supervisor.release();
    const again = await prometheusServer({ dataDir, config });
    expect(again.url).toBe(prometheus.url);
    expect(await again.supervisor.start()).toBe('adopted');
    await again.supervisor.release();
    await prometheus.supervisor.start();
    expect((await request(`${prometheus.url}/-/quit`, { method: 'POST' })).statusCode).toBe(403);
  });

  const shop = { backend: 'shop-production-web', host: 'shop.example.com', path: '/' };
  const blog = { backend: 'blog-production-web', host: 'blog.example.com', path: '/' };
  const startRouter = async (haproxy: HaproxyServer) => {
    const port = await freePort();
    const router = new HaproxyRouter({
      ...haproxy,
      listen: `127.0.0.1:${port}`,
      metricsListen: `127.0.0.1:${await freePort()}`,
    });
    await router.prepare();
    await haproxy.start(() => router.ready());
    await router.recover();
    await router.applyRoutes([shop]);
    return { port, router };
  };

  it('HAProxy: where another one listens already, which would share the requests, none is started', async () => {
    const other = await startHaproxy([]);
    stops.push(() => other.close());
    const yaml = `dataDir: ${dataDir}\nrouter: { listen: "127.0.0.1:${other.port}" }\napps: {}\n`;
    const config = parseSiskinConfig(yaml, '/siskin.yaml', {});
    await expect(startOwnRouter(config, pino({ level: 'silent' }))).rejects.toMatchObject({
      code: 'ROUTER_PORT_TAKEN',
      message: `router.listen: 127.0.0.1:${other.port} cannot be used: another program listens there.`,
    });
  });

  it.each(['master', 'worker'])(
    'HAProxy: killed (%s), it is started again and serves the same servers',
    async (victim) => {
      const haproxy = await haproxyServer({ dataDir });
      stops.push(() => haproxy.stop());
      const { router, port } = await startRouter(haproxy);
      const replica = await startReplica('the replica');
      stops.push(() => replica.close());
      await router.addServer(shop.backend, 'r1-1', replica.address, replica.port);
      await router.enableServer(shop.backend, 'r1-1', 100);
      const get = async () => {
        const answer = await request(`http://127.0.0.1:${port}/`, { headers: { host: shop.host } });
        return answer.body.text();
      };
      expect(await get()).toBe('the replica');
      const master = haproxy.supervisor.pid;
      const worker = (await run('pgrep', ['-P', String(master)])).stdout.trim();
      process.kill(victim === 'master' ? Number(master) : Number(worker), 'SIGKILL');
      while (haproxy.supervisor.pid === null || haproxy.supervisor.pid === master) await pause();
      await haproxy.supervisor.waitUntilReady(() => router.ready());
      await router.recover();
      expect(await get()).toBe('the replica');
      expect((await router.counters(shop.backend)).servers).toEqual({ 'r1-1': { requests: 1, errors: 0 } });
    },
  );

  it('HAProxy: is adopted, also after a reload made its master exec itself', async () => {
    const haproxy = await haproxyServer({ dataDir });
    stops.push(() => haproxy.stop());
    const { router } = await startRouter(haproxy);
    await router.applyRoutes([shop, blog]);
    await haproxy.supervisor.release();
    const again = await haproxyServer({ dataDir });
    expect(await again.supervisor.start()).toBe('adopted');
    expect(again.supervisor.pid).toBe(haproxy.supervisor.pid);
    await again.supervisor.release();
    await haproxy.supervisor.start();
  });
});

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
