import type { Scenario, SimulationResult } from '../../src/domain/simulation/simulate.ts';

/** A release that is exactly as bad as it may be: what the error rates are promised for. */
export interface BoundCell {
  /** The limit, and the new release's true share of 5xx, 0 to 1. */
  theta: number;
  /** The old release's true share of 5xx, 0 to 1. */
  baseline5xx: number;
  requestsPerSecond: number;
}

const thetas = [0.01, 0.05, 0.2];
const rates = [1, 10, 100];

/** Every limit with an old release that is much better and with one that is as bad, at every traffic. */
export const boundCells: readonly BoundCell[] = thetas.flatMap((theta) =>
  [theta / 50, theta].flatMap((baseline5xx) =>
    rates.map((requestsPerSecond) => ({ theta, baseline5xx, requestsPerSecond })),
  ),
);

/** The cell under the default policy: 3 replicas, a third of the requests to the canary, measured every 2 s. */
export const scenarioOf = ({ theta, baseline5xx, requestsPerSecond }: BoundCell): Scenario => ({
  spec: {
    share: 1 / 3,
    warmupMs: 0,
    minBakeMs: 15_000,
    maxBakeMs: 60_000,
    max5xx: theta,
    watchMs: 600_000,
    compare: 'baseline',
    onNoMetrics: 'hold',
    metricsTimeoutMs: 60_000,
  },
  replicas: 3,
  tickMs: 2_000,
  requestsPerSecond,
  canary5xx: theta,
  baseline5xx,
  onsetMs: 0,
});

/** What may happen to such a release by chance, in which share of the deployments at most. */
export interface ErrorRate {
  name: string;
  atMost: number;
  shareOf: (result: SimulationResult) => number;
}

export const errorRates: readonly ErrorRate[] = [
  {
    name: 'rolled back early',
    atMost: 0.01,
    shareOf: ({ rolledBack, rolledBackAtDeadline, rolledBackInWatch }) =>
      rolledBack - rolledBackAtDeadline + rolledBackInWatch,
  },
  { name: 'at the final look', atMost: 0.04, shareOf: ({ rolledBackAtDeadline }) => rolledBackAtDeadline },
  {
    name: 'promoted by evidence',
    atMost: 0.05,
    shareOf: ({ promoted, promotedLowEvidence }) => promoted - promotedLowEvidence,
  },
];

/** Standard errors by which chance alone may lift a simulated share above its bound. */
const tolerance = 3;

/** The highest share of so many runs that does not speak against a bound. */
export const tolerated = (bound: number, runs: number): number =>
  bound + tolerance * Math.sqrt((bound * (1 - bound)) / runs);

/** The bounds that a cell breaks, in sentences. */
export const broken = (cell: BoundCell, result: SimulationResult): string[] =>
  errorRates
    .filter(({ atMost, shareOf }) => shareOf(result) > tolerated(atMost, result.runs))
    .map(
      ({ name, atMost, shareOf }) =>
        `${cellName(cell)}: ${percent(shareOf(result))} ${name}, above ${percent(atMost)} by more than ${tolerance} standard errors`,
    );

/** `5 % allowed, 0.1 % before, 10/s`. */
export const cellName = ({ theta, baseline5xx, requestsPerSecond }: BoundCell): string =>
  `${percent(theta)} allowed, ${percent(baseline5xx)} before, ${requestsPerSecond}/s`;

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
