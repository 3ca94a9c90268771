import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takenSubnets } from '../../../src/domain/host/subnets.ts';

const front = { network: 'acme_front', subnet: '10.213.217.240/28' };
const taken = (subnet: string, network = 'other') =>
  takenSubnets([front], [{ network, subnet }]).map(({ takenBy }) => takenBy.subnet);

describe('addresses of the host’s networks', () => {
  it.each([
    ['the same', '10.213.217.240/28', true],
    ['a larger one around it', '10.213.0.0/16', true],
    ['everything', '0.0.0.0/0', true],
    ['one address of it', '10.213.217.255/32', true],
    ['one that is written by an address within', '10.213.217.250/24', true],
    ['the one before it', '10.213.217.224/28', false],
    ['the one after it', '10.213.218.0/28', false],
    ['IPv6', 'fd00::/64', false],
    ['nothing that is a network', 'x', false],
  ])('%s', (_name, subnet, isTaken) => {
    expect(taken(subnet)).toEqual(isTaken ? [subnet] : []);
  });

  it('are its own from a start before', () => {
    expect(taken(front.subnet, front.network)).toEqual([]);
  });

  it('are taken in both directions or in none', () => {
    const subnet = fc
      .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
      .map(([address, length]) => `${address}/${length}`);
    fc.assert(
      fc.property(subnet, subnet, (one, other) => {
        const [a, b] = [one, other].map((text, index) => ({ network: `n${index}`, subnet: text }));
        if (!a || !b) throw new Error('there are two');
        expect(takenSubnets([a], [b]).length).toBe(takenSubnets([b], [a]).length);
      }),
    );
  });
});
