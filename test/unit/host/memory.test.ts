import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryShortage, type ServiceMemory, sumMemory } from '../../../src/domain/host/memory.ts';

const mb = 2 ** 20;
const service = (changes: Partial<ServiceMemory>): ServiceMemory => ({
  part: 'main',
  service: 'web',
  profiles: ['main'],
  replicas: 1,
  limitBytes: 100 * mb,
  reservationBytes: 50 * mb,
  surge: 0,
  ...changes,
});

describe('memory', () => {
  it('is limits × replicas of what the active profiles run', () => {
    const services = [
      service({ service: 'app', replicas: 3, limitBytes: 768 * mb, surge: 1 }),
      service({ service: 'test-app', profiles: ['test'], replicas: 2 }),
      service({ service: 'always', profiles: [], limitBytes: 7 * mb, reservationBytes: 2 * mb }),
      service({ service: 'grafana', profiles: ['monitoring'] }),
    ];
    const sum = sumMemory(services, ['main', 'monitoring']);
    expect(
      sum.rows.map(({ profile, services: count, limitBytes }) => [profile, count, limitBytes / mb]),
    ).toEqual([
      ['always', 1, 7],
      ['main', 1, 2304],
      ['monitoring', 1, 100],
    ]);
    expect(sum).toMatchObject({
      limitBytes: 2411 * mb,
      reservationBytes: 202 * mb,
      surgeBytes: 768 * mb,
      problems: [],
    });
  });

  it('counts a service of two active profiles once', () => {
    fc.assert(
      fc.property(
        fc.subarray(['main', 'test', 'standby', 'monitoring']),
        fc.subarray(['main', 'test', 'standby', 'monitoring'], { minLength: 1 }),
        fc.integer({ min: 0, max: 9 }),
        (active, profiles, replicas) => {
          const { limitBytes } = sumMemory([service({ profiles, replicas })], active);
          const runs = profiles.some((profile) => active.includes(profile));
          expect(limitBytes).toBe(runs ? replicas * 100 * mb : 0);
        },
      ),
    );
  });

  it('tells what has no limit, and what reserves more than it', () => {
    const services = [service({ limitBytes: null }), service({ service: 'db', reservationBytes: 101 * mb })];
    expect(sumMemory(services, ['main']).problems).toEqual([
      'main/web has no memory limit: it could take all of the machine’s.',
      'main/db reserves more memory than its limit.',
    ]);
  });

  it('must fit the machine, the replica more of a deployment included', () => {
    const sum = sumMemory([service({ surge: 1 })], ['main']);
    expect(memoryShortage(sum, 200 * mb)).toBeUndefined();
    expect(memoryShortage(sum, 199 * mb)).toBe(
      'All limits together are 200 MB (100 MB of it while apps are deployed), and the machine has 199 MB.',
    );
  });
});
