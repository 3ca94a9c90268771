import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObservedReplica, ObservedServer } from '../../../src/domain/observation.ts';
import { RepairWorld, replica, server } from '../../support/repair-world.ts';

const names = ['r1-1', 'r1-2', 'r2-1', 'r2-2', 'r2-3', 'r2-4', 'r2-5', 'r3-1'];
const addresses = ['10.0.1.1', '10.0.1.2', '10.0.2.1', '10.0.2.2', '10.0.2.3', '10.0.3.1', '10.0.0.99'];

const status = fc.constantFrom<ObservedReplica['status']>(
  'created',
  'running',
  'running',
  'restarting',
  'exited',
);

/** No two that run have one address: the engine sees to that. */
const replicas = fc
  .tuple(fc.subarray(names), fc.shuffledSubarray(addresses), fc.array(status, { minLength: 8, maxLength: 8 }))
  .map(([found, given, states]) =>
    found.map((name, index) => {
      const running = states[index] === 'running';
      return replica(name, {
        status: states[index] ?? 'exited',
        address: running ? (given[index] ?? null) : null,
      });
    }),
  );

const oneServer = fc.record({
  name: fc.constantFrom(...names, 'somebody'),
  address: fc.constantFrom(...addresses),
  state: fc.constantFrom<ObservedServer['state']>('ready', 'ready', 'drain', 'maintenance'),
  weight: fc.constantFrom(0, 1, 100),
  port: fc.constantFrom(3000, 3000, 3000, 8080),
});
const servers = fc
  .uniqueArray(oneServer, { selector: ({ name }) => name, maxLength: 9 })
  .map((found) => found.map(({ name, ...change }) => ({ ...server('r1-1'), ...change, name })));

const temper = fc.record({
  bootMs: fc.constantFrom(0, 150, 1_000),
  crashes: fc.nat(3),
  refuses: fc.boolean(),
});

describe('any mess of containers and servers', () => {
  it('ends with n replicas of the release that serve and nothing else, and never loses the last that serves', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        replicas,
        servers,
        fc.subarray(['copy', 'r2-1-renamed']),
        temper,
        (size, containers, known, strays, behaviour) => {
          const world = new RepairWorld(size, { replicas: containers, servers: known }, strays, behaviour);
          let left = 600;
          while (world.next() && --left > 0);
          const last = world.steps.slice(-12).join('\n');
          expect(left, last).toBeGreaterThan(0);
          expect(world.serving(), last).toEqual(world.wanted());
          expect([...world.replicas.keys()].sort()).toEqual(world.wanted());
          expect([...world.servers.keys()].sort()).toEqual(world.wanted());
          expect(world.strays).toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
