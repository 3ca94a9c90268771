import { EventEmitter, once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/observability/logger.ts';
import { watchRouter } from '../../../workers/watch-router.ts';
import { type HaproxyFixture, startHaproxy } from '../../support/haproxy-fixture.ts';
import { startReplica, type TestReplica } from '../../support/router-replica.ts';

const backend = 'shop-production-web';
const host = 'shop.example.com';
const shop = { backend, host, path: '/' };
const blog = { backend: 'blog-production-web', host: 'blog.example.com', path: '/' };

describe('HAProxy started anew under a Siskin that lives', () => {
  let haproxy: HaproxyFixture;
  let replica: TestReplica;
  beforeEach(async () => {
    haproxy = await startHaproxy([blog]);
    replica = await startReplica('the replica');
  });
  afterEach(async () => {
    await replica.close();
    await haproxy.close();
  });

  const serve = async () => {
    await haproxy.router.applyRoutes([blog, shop]);
    await haproxy.router.addServer(backend, 'r1-1', replica.address, replica.port);
    await haproxy.router.enableServer(backend, 'r1-1', 100);
  };

  it('from an old file, of before a route and a server were added', async () => {
    const { configFile } = haproxy.options;
    const old = await readFile(configFile, 'utf8');
    const oldState = await readFile(`${configFile}.state.json`, 'utf8');
    await serve();
    await writeFile(configFile, old);
    await writeFile(`${configFile}.state.json`, oldState);
    await haproxy.restart();
    expect((await haproxy.get(host, '/')).status).toBe(404);
    await haproxy.router.recover();
    expect((await haproxy.get(host, '/')).body).toBe('the replica');
    await haproxy.restart();
    expect((await haproxy.get(host, '/')).body).toBe('the replica');
  });

  it('from an old file that has the backend under another host', async () => {
    const { configFile } = haproxy.options;
    await haproxy.router.applyRoutes([{ ...shop, host: 'old.example.com' }, blog]);
    const old = await readFile(configFile, 'utf8');
    await serve();
    await writeFile(configFile, old);
    await haproxy.restart();
    await haproxy.router.recover();
    expect((await haproxy.get(host, '/')).body).toBe('the replica');
    expect((await haproxy.get('old.example.com', '/')).status).toBe(404);
  });

  it('empty: no route, no server, no memory on disk', async () => {
    const { configFile } = haproxy.options;
    await serve();
    const text = await readFile(configFile, 'utf8');
    await writeFile(
      configFile,
      text.split(/^(?=backend (?!_))/m)[0]?.replaceAll(/^ {2}use_backend.*\n/gm, '') ?? '',
    );
    await rm(`${configFile}.state.json`);
    await haproxy.restart();
    expect((await haproxy.get(host, '/')).status).toBe(404);
    await haproxy.router.recover();
    expect((await haproxy.get(host, '/')).body).toBe('the replica');
  });

  it('does not reload one that was started from the right file', async () => {
    await serve();
    await haproxy.restart();
    const before = await haproxy.router.incarnation();
    await haproxy.router.recover();
    expect(await haproxy.router.incarnation()).toBe(before);
  });

  it('is noticed, whoever started it, and given back what it has lost', async () => {
    await serve();
    await haproxy.router.drainServer(backend, 'r1-1');
    const heard = new EventEmitter();
    const log = createLogger({ level: 'silent' });
    const first = once(heard, 'started');
    const watch = watchRouter(haproxy.router, log, () => heard.emit('started'));
    await first;
    const again = once(heard, 'started');
    await haproxy.restart();
    await again;
    watch.close();
    expect(await haproxy.router.servers(backend)).toMatchObject([
      { name: 'r1-1', state: 'drain', weight: 100 },
    ]);
  });
});
