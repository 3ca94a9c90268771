import { describe, expect, it } from 'vitest';
import type { ServerCounters } from '../../../src/domain/observation.ts';
import { decideOnce, runFixedWindow } from '../../bench/fixed-window.ts';

describe('the fixed window that Siskin is compared with', () => {
  it.each([
    [600, 30, 'promote'],
    [600, 31, 'rollback'],
    [1, 1, 'rollback'],
    [0, 0, 'promote'],
  ])('of %d requests, %d failed: %s', (requests, errors, decision) => {
    expect(decideOnce({ requests, errors }, 0.05)).toBe(decision);
  });

  it('looks once, at the end, and takes the canary out whatever it decided', async () => {
    for (const errors of [0, 20]) {
      const { router, calls } = recordingRouter({ canary: { requests: 20, errors }, 'r1-1': good });
      const canary = { name: 'canary', address: '192.0.2.7', port: 3000, weight: 100 };
      const outcome = await runFixedWindow(router, 'shop', canary, { windowMs: 20, max5xx: 0.05 });
      expect(calls).toEqual([
        'add shop/canary 192.0.2.7:3000',
        'enable shop/canary 100',
        'counters shop',
        'drain shop/canary',
        'remove shop/canary',
      ]);
      expect(outcome.decision).toBe(errors === 0 ? 'promote' : 'rollback');
      expect(outcome.counted).toEqual({ requests: 20, errors });
      expect(outcome.detachedSeconds).toBeGreaterThanOrEqual(outcome.decidedSeconds);
    }
  });
});

const good: ServerCounters = { requests: 60, errors: 0 };

function recordingRouter(servers: Record<string, ServerCounters>) {
  const calls: string[] = [];
  const note = async (call: string): Promise<void> => void calls.push(call);
  const router: Parameters<typeof runFixedWindow>[0] = {
    addServer: (backend, server, address, port) => note(`add ${backend}/${server} ${address}:${port}`),
    enableServer: (backend, server, weight) => note(`enable ${backend}/${server} ${weight}`),
    drainServer: (backend, server) => note(`drain ${backend}/${server}`),
    removeServer: (backend, server) => note(`remove ${backend}/${server}`),
    counters: async (backend) => {
      await note(`counters ${backend}`);
      return { source: 'router', servers };
    },
  };
  return { router, calls };
}
