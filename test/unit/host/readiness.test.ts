import { describe, expect, it } from 'vitest';
import { readiness, type SeenContainer } from '../../../src/domain/host/readiness.ts';

const seen = (changes: Partial<SeenContainer>): SeenContainer => ({
  name: 'x-db-1',
  service: 'db',
  health: 'healthy',
  state: 'running',
  restarts: 0,
  lasting: true,
  exitCode: 0,
  healthOutput: '',
  ...changes,
});

describe('what comes next may be started', () => {
  it.each<[string, SeenContainer[], object]>([
    ['healthy', [seen({})], { kind: 'ready' }],
    ['without a health check', [seen({ health: 'none' })], { kind: 'ready' }],
    [
      'a task that ended well',
      [seen({ health: 'none', state: 'exited', lasting: false })],
      { kind: 'ready' },
    ],
    ['one that was stopped', [seen({ state: 'exited' })], { kind: 'waiting', for: ['db'] }],
    ['not there yet', [], { kind: 'waiting', for: ['db'] }],
    ['starting', [seen({ health: 'starting' })], { kind: 'waiting', for: ['db'] }],
    ['created', [seen({ state: 'created', health: 'none' })], { kind: 'waiting', for: ['db'] }],
    [
      'restarting for the first time',
      [seen({ state: 'restarting', restarts: 1 })],
      { kind: 'waiting', for: ['db'] },
    ],
    [
      'another part’s is unhealthy',
      [seen({}), seen({ service: 'other', health: 'unhealthy' })],
      { kind: 'ready' },
    ],
    [
      'unhealthy because it died, and restarting',
      [seen({ state: 'restarting', health: 'unhealthy', restarts: 1 })],
      { kind: 'waiting', for: ['db'] },
    ],
    [
      'unhealthy',
      [seen({ health: 'unhealthy', healthOutput: 'no answer' })],
      { kind: 'failed', container: 'x-db-1', why: 'is unhealthy: no answer' },
    ],
    [
      'ended badly',
      [seen({ state: 'exited', exitCode: 3 })],
      { kind: 'failed', why: 'ended with exit code 3' },
    ],
    ['dead', [seen({ state: 'dead', health: 'none' })], { kind: 'failed', why: 'is dead' }],
    [
      'crashing again and again',
      [seen({ health: 'none', restarts: 3, exitCode: 137 })],
      { kind: 'failed', why: 'was restarted 3 times, last exit code 137' },
    ],
  ])('%s', (_what, containers, expected) => {
    expect(readiness(['db'], containers)).toMatchObject(expected);
  });
});
