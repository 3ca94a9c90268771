import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/domain/simulation/random.ts';
import { type SimulationResult, simulate } from '../../../src/domain/simulation/simulate.ts';
import {
  type BoundCell,
  boundCells,
  broken,
  errorRates,
  scenarioOf,
  tolerated,
} from '../../bench/bounds-cells.ts';

const cell: BoundCell = { theta: 0.05, baseline5xx: 0.001, requestsPerSecond: 10 };
const result = (change: Partial<SimulationResult>): SimulationResult => ({
  runs: 20_000,
  rolledBack: 0,
  rolledBackAtDeadline: 0,
  rolledBackInWatch: 0,
  promoted: 1,
  promotedLowEvidence: 1,
  held: 0,
  meanFailedRequests: 0,
  meanSecondsToVerdict: 60,
  p95SecondsToVerdict: 60,
  ...change,
});
const sharesOf = (simulated: SimulationResult) => errorRates.map(({ shareOf }) => shareOf(simulated));

describe('the bounds that the verdict is held to', () => {
  it('are tried at every limit, with a better and an equal old release, at every traffic', () => {
    expect(new Set(boundCells.map((one) => JSON.stringify(one))).size).toBe(3 * 2 * 3);
    for (const { theta, baseline5xx } of boundCells) expect([theta / 50, theta]).toContain(baseline5xx);
  });

  it('are tried on a release whose true rate is the limit itself', () => {
    const { spec, canary5xx, baseline5xx } = scenarioOf(cell);
    expect({ max5xx: spec.max5xx, canary5xx, baseline5xx }).toEqual({
      max5xx: 0.05,
      canary5xx: 0.05,
      baseline5xx: 0.001,
    });
  });

  it('count the watch with the time before the deadline, and the final look apart', () => {
    const [early, atDeadline, byEvidence] = sharesOf(
      result({
        rolledBack: 0.043,
        rolledBackAtDeadline: 0.037,
        rolledBackInWatch: 0.002,
        promoted: 0.957,
        promotedLowEvidence: 0.92,
      }),
    );
    expect(early).toBeCloseTo(0.008);
    expect(atDeadline).toBe(0.037);
    expect(byEvidence).toBeCloseTo(0.037);
  });

  it('tolerate three standard errors: 0.21 % above 1 % at 20,000 runs', () => {
    expect(tolerated(0.01, 20_000)).toBeCloseTo(0.01 + 3 * 0.000_703_6, 6);
    expect(tolerated(0.04, 1_000)).toBeCloseTo(0.0586, 4);
  });

  it.each([
    ['early', { rolledBack: 0.0122 }, { rolledBack: 0.012 }],
    ['in the watch', { rolledBackInWatch: 0.0122 }, { rolledBackInWatch: 0.012 }],
    [
      'at the final look',
      { rolledBack: 0.0442, rolledBackAtDeadline: 0.0442 },
      { rolledBack: 0.0441, rolledBackAtDeadline: 0.0441 },
    ],
    ['promoted by evidence', { promotedLowEvidence: 0.945 }, { promotedLowEvidence: 0.946 }],
  ])('name the cell that breaks one: %s', (_what, above, within) => {
    expect(broken(cell, result(above))).toEqual([
      expect.stringMatching(/^5 % allowed, 0\.1 % before, 10\/s: .* above \d %/),
    ]);
    expect(broken(cell, result(within))).toEqual([]);
  });

  it('see every rollback of a simulation once', () => {
    const simulated = simulate(scenarioOf(cell), 1_000, seededRandom(3));
    const { rolledBack, rolledBackAtDeadline, rolledBackInWatch, promoted, held } = simulated;
    expect(rolledBack + promoted + held).toBeCloseTo(1);
    expect(rolledBackAtDeadline).toBeGreaterThan(0);
    expect(rolledBackAtDeadline).toBeLessThanOrEqual(rolledBack);
    expect(sharesOf(simulated)[0]).toBeCloseTo(rolledBack + rolledBackInWatch - rolledBackAtDeadline);
  });
});
