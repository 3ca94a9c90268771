import { describe, expect, it } from 'vitest';
import { portShares } from '../../bench/port-calls.ts';

describe("the shares of the ports in Siskin's own time", () => {
  it('counts calls only within the release, without its waits, and calls at once of one method once', () => {
    const calls = [
      { method: 'Replicas.list', from: 90, to: 95 },
      { method: 'Replicas.list', from: 100, to: 110 },
      { method: 'Replicas.list', from: 105, to: 120 },
      { method: 'Router.servers', from: 105, to: 112 },
      { method: 'Prober.probe', from: 130, to: 160 },
      { method: 'Store.append', from: 195, to: 230 },
    ];
    expect(portShares(calls, { from: 100, to: 200 }, [{ from: 140, to: 180 }])).toEqual([
      { method: '(no call)', calls: 0, ownMs: 25 },
      { method: 'Replicas.list', calls: 2, ownMs: 20 },
      { method: 'Prober.probe', calls: 1, ownMs: 10 },
      { method: 'Router.servers', calls: 1, ownMs: 7 },
      { method: 'Store.append', calls: 1, ownMs: 5 },
    ]);
  });
});
