import { readFile, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HaproxyRouter } from '../../../src/adapters/haproxy/haproxy-router.ts';
import { MasterCli } from '../../../src/adapters/haproxy/master-cli.ts';
import { runtimeCommand } from '../../../src/adapters/haproxy/runtime-socket.ts';
import { type HaproxyFixture, startHaproxy } from '../../support/haproxy-fixture.ts';
import { openWebSocket, startReplica, type TestReplica } from '../../support/router-replica.ts';

const backend = 'shop-production-web';
const host = 'shop.example.com';
const shop = { backend, host, path: '/' };
const blog = { backend: 'blog-production-web', host: 'blog.example.com', path: '/' };
const weightsAndStates = [
  { name: 'r1-1', state: 'ready', weight: 70 },
  { name: 'r1-2', state: 'drain', weight: 30 },
  { name: 'r2-1', state: 'maintenance', weight: 0 },
];

describe('reload, restart, recovery', () => {
  let haproxy: HaproxyFixture;
  let replica: TestReplica;
  beforeEach(async () => {
    haproxy = await startHaproxy([shop]);
    replica = await startReplica('the replica');
    const { router } = haproxy;
    for (const { name } of weightsAndStates) {
      await router.addServer(backend, name, replica.address, replica.port);
    }
    await router.enableServer(backend, 'r1-1', 70);
  });
  afterEach(async () => {
    await replica.close();
    await haproxy.close();
  });

  const workers = () => new MasterCli(haproxy.options.masterSocket).workers();
  const drainSecond = async () => {
    await haproxy.router.enableServer(backend, 'r1-2', 30);
    await haproxy.router.drainServer(backend, 'r1-2');
  };

  it('does not reload for servers, nor for routes that are already there', async () => {
    const { old: _, ...before } = await workers();
    await haproxy.router.applyRoutes([{ ...shop }]);
    await haproxy.routerAgain().applyRoutes([shop]);
    // An old one may end at any time; there is no other new one.
    expect(await workers()).toMatchObject(before);
    await haproxy.router.applyRoutes([shop, blog]);
    expect((await workers()).current).not.toBe(before.current);
  });

  it('keeps weights, drains and maintenance over a reload', async () => {
    await drainSecond();
    await haproxy.router.applyRoutes([shop, blog]);
    expect(await haproxy.router.servers(backend)).toMatchObject(weightsAndStates);
    expect((await haproxy.get(host, '/')).body).toBe('the replica');
    expect((await haproxy.get('blog.example.com', '/')).status).toBe(503);
  });

  it('leaves a WebSocket of before the reload open, counts it, and ends it with its server', async () => {
    const socket = await openWebSocket(haproxy.port, host);
    await haproxy.router.applyRoutes([shop, blog]);
    expect(await socket.echo('still here')).toBe('still here');
    await haproxy.router.drainServer(backend, 'r1-1');
    expect((await haproxy.router.servers(backend))[0]).toMatchObject({ name: 'r1-1', sessions: 1 });
    expect(await socket.echo('and here')).toBe('and here');
    await haproxy.router.removeServer(backend, 'r1-1');
    await socket.closed;
    expect((await haproxy.router.servers(backend)).map((s) => s.name)).toEqual(['r1-2', 'r2-1']);
  });

  it('a killed HAProxy starts from its file and serves the same servers, without Siskin', async () => {
    await drainSecond();
    await haproxy.restart();
    for (let i = 0; i < 4; i++) expect((await haproxy.get(host, '/')).status).toBe(200);
    const { servers } = await haproxy.router.counters(backend);
    expect(servers).toMatchObject({ 'r1-1': { requests: 4 }, 'r1-2': { requests: 0 } });
    await haproxy.routerAgain().recover();
    expect(await haproxy.router.servers(backend)).toMatchObject(weightsAndStates);
  });

  it('gives back what HAProxy has lost, and keeps what it has beyond the memory', async () => {
    const { adminSocket } = haproxy.options;
    await drainSecond();
    for (const name of ['r1-1', 'r1-2']) {
      await runtimeCommand(adminSocket, `set server ${backend}/${name} state maint`);
      expect(await runtimeCommand(adminSocket, `del server ${backend}/${name}`)).toBe('Server deleted.');
    }
    await runtimeCommand(adminSocket, `add server ${backend}/r3-1 127.0.0.1:9 weight 5`);
    const router = haproxy.routerAgain();
    await router.recover();
    const names = (await router.servers(backend)).map(({ name, state, weight }) => ({ name, state, weight }));
    expect(names).toEqual(
      expect.arrayContaining([...weightsAndStates, { name: 'r3-1', state: 'maintenance', weight: 5 }]),
    );
    expect((await haproxy.get(host, '/')).status).toBe(200);
  });

  it('recovers without a memory from what HAProxy says', async () => {
    await writeFile(`${haproxy.options.configFile}.state.json`, '{"routes": [');
    const router = haproxy.routerAgain();
    await router.recover();
    await router.applyRoutes([shop]);
    expect((await router.servers(backend)).map((s) => s.name)).toEqual(['r1-1', 'r1-2', 'r2-1']);
    expect((await haproxy.get(host, '/')).status).toBe(200);
  });

  it('prepares a file that is missing from the memory', async () => {
    const before = await readFile(haproxy.options.configFile, 'utf8');
    await writeFile(haproxy.options.configFile, 'damaged');
    await haproxy.routerAgain().prepare();
    expect(await readFile(haproxy.options.configFile, 'utf8')).toBe(before);
  });

  it('says ROUTER_UNAVAILABLE when nobody answers, not an empty list', async () => {
    const unavailable = { code: 'ROUTER_UNAVAILABLE' };
    const router = new HaproxyRouter({ ...haproxy.options, adminSocket: '/nowhere/haproxy.sock' });
    await expect(router.servers(backend)).rejects.toMatchObject(unavailable);
    await expect(router.counters(backend)).rejects.toMatchObject(unavailable);
    await expect(router.applyRoutes([shop])).rejects.toMatchObject(unavailable);
    expect(await router.ready()).toBe(false);
  });

  it('threat 22: a route with syntax in it is refused, and what served serves on', async () => {
    const before = await readFile(haproxy.options.configFile, 'utf8');
    for (const evil of [
      { ...blog, host: 'x }\nbackend evil' },
      { ...blog, path: '/x } or { always_true' },
    ]) {
      await expect(haproxy.router.applyRoutes([shop, evil])).rejects.toMatchObject({
        code: 'ROUTER_REFUSED',
      });
    }
    expect(await readFile(haproxy.options.configFile, 'utf8')).toBe(before);
    expect((await haproxy.get(host, '/')).status).toBe(200);
  });

  it('threat 22: a candidate that HAProxy refuses is refused in its words; last good is kept', async () => {
    const before = await readFile(haproxy.options.configFile, 'utf8');
    const router = new HaproxyRouter({ ...haproxy.options, trustedProxies: ['127.0.0.1/99'] });
    const pid = (await workers()).current;
    await expect(router.applyRoutes([shop, blog])).rejects.toMatchObject({
      code: 'ROUTER_REFUSED',
      message: expect.stringContaining('127.0.0.1/99'),
    });
    expect(await readFile(haproxy.options.configFile, 'utf8')).toBe(before);
    expect((await workers()).current).toBe(pid);
    expect((await haproxy.get(host, '/')).status).toBe(200);
  });

  it('threat 22: where nobody can check, a failed reload puts the last good file back', async () => {
    const before = await readFile(haproxy.options.configFile, 'utf8');
    const router = new HaproxyRouter({ ...haproxy.options, binary: null, trustedProxies: ['127.0.0.1/99'] });
    await expect(router.applyRoutes([shop, blog])).rejects.toMatchObject({ code: 'ROUTER_REFUSED' });
    expect(await readFile(haproxy.options.configFile, 'utf8')).toBe(before);
    expect((await haproxy.get(host, '/')).status).toBe(200);
    await haproxy.router.applyRoutes([shop, blog]);
    expect((await haproxy.get('blog.example.com', '/')).status).toBe(503);
  });

  it('threat 31: a full disk leaves the old file intact, says so, and the next change mends it', async () => {
    const { configFile } = haproxy.options;
    const before = await readFile(configFile, 'utf8');
    await symlink('/dev/full', `${configFile}.candidate`);
    await expect(haproxy.router.setWeights(backend, { 'r1-1': 5 })).rejects.toMatchObject({
      code: 'ROUTER_FILE_UNWRITABLE',
      message: expect.stringContaining('no space left'),
    });
    expect(await readFile(configFile, 'utf8')).toBe(before);
    expect((await haproxy.get(host, '/')).status).toBe(200);
    await haproxy.router.setWeights(backend, { 'r1-1': 5 });
    expect(await readFile(configFile, 'utf8')).toContain('weight 5\n');
  });
});
