import { describe, expect, it } from 'vitest';
import { judgeFree } from '../../../src/cli/doctor/disk.ts';
import { judgeWarnings } from '../../../src/cli/doctor/docker.ts';
import { judgeVersion } from '../../../src/cli/doctor/programs.ts';
import { judgePersistence } from '../../../src/cli/doctor/redis.ts';

describe('doctor judges', () => {
  it.each([
    ['HAProxy version 2.6.12-1+deb12u4 2026/10/17', 'ok', '2.6.12'],
    ['HA-Proxy version 2.4.2', 'fail', '2.4.2'],
    ['HAProxy version 3.0', 'ok', '3.0'],
    ['something else', 'warn', 'says no version'],
  ])('%s: %s', (output, level, detail) => {
    expect(judgeVersion({ name: 'haproxy', oldest: '2.6' }, output)).toMatchObject({ level, detail });
  });

  it('a Redis that keeps every acknowledged write', () => {
    const good = new Map([
      ['appendonly', 'yes'],
      ['appendfsync', 'always'],
      ['maxmemory-policy', 'noeviction'],
    ]);
    expect(judgePersistence(good)).toEqual([]);
    const warnings = judgePersistence(new Map([...good, ['appendfsync', 'everysec']]));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ level: 'warn', detail: 'appendfsync is everysec' });
  });

  it('a Redis that does not tell its settings as unknown, not as good', () => {
    expect(judgePersistence(new Map())).toHaveLength(3);
  });

  it.each([
    [0.5, 'fail'],
    [3, 'warn'],
    [50, 'ok'],
  ])('%s GiB free: %s', (gib, level) => {
    expect(judgeFree('/data', gib * 1024 ** 3).level).toBe(level);
  });

  it('only those warnings of the engine that weaken limits', () => {
    const found = judgeWarnings([
      'WARNING: No memory limit support',
      'WARNING: bridge-nf-call-iptables is disabled',
    ]);
    expect(found.map(({ detail }) => detail)).toEqual(['WARNING: No memory limit support']);
  });
});
