import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HaproxyFixture, startHaproxy } from '../../support/haproxy-fixture.ts';
import { startLoad } from '../../support/haproxy-load.ts';
import { startReplica, type TestReplica } from '../../support/router-replica.ts';

const backend = 'shop-production-web';
const host = 'shop.example.com';

describe('changes under load', () => {
  let haproxy: HaproxyFixture;
  let serving: TestReplica[];
  beforeEach(async () => {
    haproxy = await startHaproxy([{ backend, host, path: '/' }]);
    serving = [];
    for (const name of ['r1-1', 'r1-2']) serving.push(await attach(name));
  });
  afterEach(async () => {
    for (const replica of serving) await replica.close();
    await haproxy.close();
  });

  const attach = async (name: string): Promise<TestReplica> => {
    const replica = await startReplica(name);
    await haproxy.router.addServer(backend, name, replica.address, replica.port);
    await haproxy.router.enableServer(backend, name, 100);
    return replica;
  };
  const detach = async (replica: TestReplica): Promise<void> => {
    await haproxy.router.drainServer(backend, replica.name);
    const sessions = async () =>
      (await haproxy.router.servers(backend)).find((s) => s.name === replica.name)?.sessions;
    while ((await sessions()) !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await haproxy.router.removeServer(backend, replica.name);
    await replica.close();
  };

  it('10 replacements of replicas that exit at once fail no request', async () => {
    const load = startLoad(`http://127.0.0.1:${haproxy.port}/`, host, 16);
    for (let release = 2; release <= 11; release++) {
      serving.push(await attach(`r${release}-1`));
      const old = serving.shift();
      if (old) await detach(old);
    }
    const { requests, failed } = await load.stop();
    expect(failed).toEqual([]);
    expect(requests).toBeGreaterThan(500);
    const names = (await haproxy.router.servers(backend)).map((s) => s.name);
    expect(names.toSorted()).toEqual(['r10-1', 'r11-1']);
  });

  it('5 reloads for new routes fail no request', async () => {
    const load = startLoad(`http://127.0.0.1:${haproxy.port}/`, host, 16);
    const routes = [{ backend, host, path: '/' }];
    for (let i = 1; i <= 5; i++) {
      routes.push({ backend: `app${i}-production-web`, host: `app${i}.example.com`, path: '/' });
      await haproxy.router.applyRoutes(routes);
    }
    const { requests, failed } = await load.stop();
    expect(failed).toEqual([]);
    expect(requests).toBeGreaterThan(500);
    expect((await haproxy.get('app5.example.com', '/')).status).toBe(503);
  });

  it('replicas that are killed without a drain fail no GET', async () => {
    const answers: Promise<{ status: number }>[] = [];
    for (let i = 0; i < 50; i++) answers.push(haproxy.get(host, '/'));
    await serving.shift()?.close();
    for (let i = 0; i < 50; i++) answers.push(haproxy.get(host, '/'));
    const statuses = (await Promise.all(answers)).map((a) => a.status);
    expect(statuses).toEqual(Array(100).fill(200));
  });
});
