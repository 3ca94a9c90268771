import { describe, expect, it } from 'vitest';
import { isLivingEngine } from '../../../scripts/setup/stale-pid.mjs';

describe('whose pid stands in docker.pid', () => {
  it.each([
    ['a running engine', '27295 (dockerd) S 1 27295 27295 0 -1', true],
    ['an engine that was killed and not reaped', '27295 (dockerd) Z 1 27295 27295 0 -1', false],
    ['another program that got the pid since', '27295 (some (odd) name) S 1 2 3', false],
    ['nobody', null, false],
  ])('%s', (_name, stat, living) => {
    expect(isLivingEngine(stat)).toBe(living);
  });
});
