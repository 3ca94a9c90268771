import { describe } from 'vitest';
import { startHaproxy } from '../../support/haproxy-fixture.ts';
import { startReplica, type TestReplica } from '../../support/router-replica.ts';
import { routerContract } from './router-contract.ts';

const backend = 'shop-production-web';
const host = 'shop.example.com';

describe('HAProxy as the router', () => {
  routerContract(async () => {
    const haproxy = await startHaproxy([{ backend, host, path: '/' }]);
    const replicas: TestReplica[] = [];
    const held: Promise<unknown>[] = [];
    return {
      router: haproxy.router,
      backend,
      replica: async (name) => {
        const replica = await startReplica(name);
        replicas.push(replica);
        return replica;
      },
      request: async (status) => (await haproxy.get(host, `/?status=${status}`)).status,
      hold: async () => {
        const answer = haproxy.get(host, '/hold').catch(() => undefined); // removal cuts it
        held.push(answer);
        await Promise.race(replicas.map((replica) => replica.holding(1)));
        return async () => {
          for (const replica of replicas) replica.finish();
          await answer;
        };
      },
      close: async () => {
        for (const replica of replicas) await replica.close();
        await Promise.all(held);
        await haproxy.close();
      },
    };
  });
});
