import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Router } from '../../../src/pipeline/ports.ts';

/** A router with one backend, and a way to use it as its users do. */
export interface RouterWorld {
  router: Router;
  backend: string;
  /** Where a replica listens. */
  replica(name: string): Promise<{ address: string; port: number }>;
  /** One request that the app answers with this status. @returns what the user got */
  request(status: number): Promise<number>;
  /** Begins a request that lasts. @returns ends it */
  hold(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** What every Router does. The same suite runs against HAProxy and against the fake. */
export function routerContract(makeWorld: () => Promise<RouterWorld>): void {
  let world: RouterWorld;
  let router: Router;
  let backend: string;
  beforeEach(async () => {
    world = await makeWorld();
    ({ router, backend } = world);
  });
  afterEach(() => world.close());

  const add = async (name: string) => {
    const { address, port } = await world.replica(name);
    await router.addServer(backend, name, address, port);
  };
  const serving = async (name: string, weight = 100) => {
    await add(name);
    await router.enableServer(backend, name, weight);
  };
  const server = async (name: string) => (await router.servers(backend)).find((s) => s.name === name);
  const requests = async (count: number, status = 200) => {
    for (let i = 0; i < count; i++) await world.request(status);
  };
  const sessionsReachZero = async (name: string) => {
    while ((await server(name))?.sessions !== 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it('has no servers at first', async () => {
    expect(await router.servers(backend)).toEqual([]);
    expect((await router.counters(backend)).servers).toEqual({});
    expect(await world.request(200)).toBe(503);
  });

  it('adds a server in maintenance, its counters at zero', async () => {
    const { address, port } = await world.replica('r1-1');
    await router.addServer(backend, 'r1-1', address, port);
    expect(await router.servers(backend)).toEqual([
      { name: 'r1-1', address, port, state: 'maintenance', weight: 0, sessions: 0 },
    ]);
    expect(await router.counters(backend)).toEqual({
      source: 'router',
      servers: { 'r1-1': { requests: 0, errors: 0 } },
    });
    expect(await world.request(200)).toBe(503);
  });

  it('adds a server once, however often it is asked, and leaves one that serves serving', async () => {
    const { address, port } = await world.replica('r1-1');
    await router.addServer(backend, 'r1-1', address, port);
    await router.addServer(backend, 'r1-1', address, port);
    await router.enableServer(backend, 'r1-1', 100);
    await world.request(200);
    await router.addServer(backend, 'r1-1', address, port);
    expect(await server('r1-1')).toMatchObject({ state: 'ready', weight: 100 });
    expect((await router.counters(backend)).servers).toEqual({ 'r1-1': { requests: 1, errors: 0 } });
  });

  it('replaces a server whose address changed, in maintenance and from zero', async () => {
    await serving('r1-1');
    await world.request(200);
    const { address, port } = await world.replica('other');
    await router.addServer(backend, 'r1-1', address, port);
    expect(await server('r1-1')).toMatchObject({ state: 'maintenance', address, port });
    expect((await router.counters(backend)).servers).toEqual({ 'r1-1': { requests: 0, errors: 0 } });
  });

  it('moves a server that serves: state, weight and counters stay, requests go to the new place', async () => {
    await serving('r1-1', 70);
    await requests(2);
    const { address, port } = await world.replica('r1-2');
    await router.moveServer(backend, 'r1-1', address, port);
    await router.moveServer(backend, 'r1-1', address, port);
    expect(await server('r1-1')).toMatchObject({ address, port, state: 'ready', weight: 70 });
    await requests(1);
    expect((await router.counters(backend)).servers).toEqual({ 'r1-1': { requests: 3, errors: 0 } });
    await expect(router.moveServer(backend, 'r1-9', address, port)).rejects.toMatchObject({
      code: 'ROUTER_REFUSED',
    });
  });

  it('counts answers and 5xx of an enabled server', async () => {
    await serving('r1-1');
    await requests(5);
    await requests(2, 404);
    await requests(3, 500);
    expect((await router.counters(backend)).servers).toEqual({ 'r1-1': { requests: 10, errors: 3 } });
  });

  it('splits requests by weight', async () => {
    await serving('r1-1', 60);
    await serving('r2-1', 20);
    await requests(80);
    expect((await router.counters(backend)).servers).toEqual({
      'r1-1': { requests: 60, errors: 0 },
      'r2-1': { requests: 20, errors: 0 },
    });
    await router.setWeights(backend, { 'r1-1': 0, 'r2-1': 256 });
    await requests(10);
    expect((await router.counters(backend)).servers['r2-1']?.requests).toBe(30);
    expect(await server('r1-1')).toMatchObject({ state: 'ready', weight: 0 });
  });

  it('drains: what is under way ends, nothing new begins', async () => {
    await serving('r1-1');
    const finish = await world.hold();
    await serving('r2-1');
    await router.drainServer(backend, 'r1-1');
    await router.drainServer(backend, 'r1-1');
    expect(await server('r1-1')).toMatchObject({ state: 'drain', sessions: 1 });
    await requests(10);
    expect((await router.counters(backend)).servers['r2-1']?.requests).toBe(10);
    await finish();
    await sessionsReachZero('r1-1');
    expect((await router.counters(backend)).servers['r1-1']).toEqual({ requests: 1, errors: 0 });
  });

  it('takes a drained server back', async () => {
    await serving('r1-1');
    await router.drainServer(backend, 'r1-1');
    expect(await world.request(200)).toBe(503);
    await router.enableServer(backend, 'r1-1', 50);
    expect(await server('r1-1')).toMatchObject({ state: 'ready', weight: 50 });
    expect(await world.request(200)).toBe(200);
  });

  it('removes a server, also one with an open session, also twice', async () => {
    await serving('r1-1');
    await world.hold();
    await router.drainServer(backend, 'r1-1');
    await router.removeServer(backend, 'r1-1');
    await router.removeServer(backend, 'r1-1');
    expect(await router.servers(backend)).toEqual([]);
    expect((await router.counters(backend)).servers).toEqual({});
  });

  it('counts from zero when a server of the same name comes again', async () => {
    await serving('r1-1');
    await requests(3);
    await router.removeServer(backend, 'r1-1');
    await add('r1-1');
    expect((await router.counters(backend)).servers).toEqual({ 'r1-1': { requests: 0, errors: 0 } });
  });

  it('does nothing for a server that is gone when it should drain or go', async () => {
    await router.drainServer(backend, 'r9-1');
    await router.removeServer(backend, 'r9-1');
    expect(await router.servers(backend)).toEqual([]);
  });

  it('refuses what it cannot do, and changes nothing', async () => {
    await serving('r1-1', 7);
    const refused = { code: 'ROUTER_REFUSED' };
    await expect(router.enableServer(backend, 'r9-1', 1)).rejects.toMatchObject(refused);
    await expect(router.setWeights(backend, { 'r1-1': 9, 'r9-1': 1 })).rejects.toMatchObject(refused);
    await expect(router.enableServer(backend, 'r1-1', 257)).rejects.toMatchObject(refused);
    await expect(router.setWeights(backend, { 'r1-1': -1 })).rejects.toMatchObject(refused);
    await expect(router.servers('nobody-knows-me')).rejects.toMatchObject(refused);
    await expect(router.counters('nobody-knows-me')).rejects.toMatchObject(refused);
    await expect(router.addServer('nobody-knows-me', 'r1-1', '127.0.0.1', 1)).rejects.toMatchObject(refused);
    expect(await server('r1-1')).toMatchObject({ state: 'ready', weight: 7 });
  });
}
