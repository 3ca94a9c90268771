import { describe, expect, it } from 'vitest';
import { FakeRouter } from '../../support/fake-router.ts';
import { routerContract } from './router-contract.ts';

describe('the fake router', () => {
  routerContract(async () => {
    const router = new FakeRouter(['shop-production-web']);
    let port = 40_000;
    return {
      router,
      backend: 'shop-production-web',
      replica: async () => ({ address: '10.0.0.1', port: ++port }),
      request: async (status) => router.request('shop-production-web', status),
      hold: async () => {
        const finish = router.hold('shop-production-web');
        return async () => finish?.();
      },
      close: async () => undefined,
    };
  });

  it('fails calls on request, before or after they took effect', async () => {
    const router = new FakeRouter(['be']);
    router.onCall = (call, phase) => {
      if (call === 'addServer' && phase === 'after') throw new Error('killed');
    };
    await expect(router.addServer('be', 'r1-1', '10.0.0.1', 1)).rejects.toThrow('killed');
    expect(await router.servers('be')).toHaveLength(1);
    router.onCall = (_, phase) => {
      if (phase === 'before') throw new Error('down');
    };
    await expect(router.servers('be')).rejects.toThrow('down');
  });

  it('shows what a test says that a server did', async () => {
    const router = new FakeRouter(['be']);
    await router.addServer('be', 'r1-1', '10.0.0.1', 1);
    router.inject('be', 'r1-1', { requests: 5, errors: 2, sessions: 3 });
    expect((await router.counters('be')).servers).toEqual({ 'r1-1': { requests: 5, errors: 2 } });
    expect(await router.servers('be')).toMatchObject([{ sessions: 3 }]);
  });
});
