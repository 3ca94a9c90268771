import { type Command, InvalidArgumentError, Option } from 'commander';
import { duration, share, type Unit } from '../config/units.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import type { CanarySpec } from '../domain/service-spec.ts';
import { seededRandom } from '../domain/simulation/random.ts';
import { type Scenario, type SimulationResult, simulate } from '../domain/simulation/simulate.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { writeJson } from './terminal/output.ts';
import { writeTable } from './view/table.ts';

interface Options {
  max5xx: number;
  rps: number;
  canary5xx: number;
  baseline5xx: number;
  replicas: number;
  share?: number;
  tick: number;
  onset: number;
  warmup: number;
  minBake: number;
  maxBake: number;
  watch: number;
  compare: CanarySpec['compare'];
  runs: number;
  seed: number;
  json?: boolean;
}

/** `siskin simulate`: a canary policy, tried on the verdict that decides real deployments. */
export function registerSimulate(program: Command, io: Io): void {
  program
    .command('simulate')
    .description('try a canary policy before you trust it: the same verdict, on simulated traffic')
    .addOption(quantity('--max5xx <share>', 'highest acceptable share of 5xx', share, '5%'))
    .addOption(whole('--rps <n>', 'requests/s of the whole environment', '10', 0.001))
    .addOption(quantity('--canary-5xx <share>', "the new release's share of 5xx", share, '50%'))
    .addOption(quantity('--baseline-5xx <share>', "the old release's share of 5xx", share, '0.1%'))
    .addOption(whole('--replicas <n>', 'replicas of both releases together', '3', 1))
    .addOption(
      new Option('--share <share>', "the canary's share of requests; 1/replicas unless told").argParser(
        parsed(share),
      ),
    )
    .addOption(quantity('--tick <time>', 'time between measurements', duration, '2s'))
    .addOption(
      quantity('--onset <time>', 'when the fault begins, after the canary was attached', duration, '0s'),
    )
    .addOption(
      quantity('--warmup <time>', 'only a rate above 50 % counts against the canary before', duration, '0s'),
    )
    .addOption(quantity('--min-bake <time>', 'no promotion before', duration, '15s'))
    .addOption(quantity('--max-bake <time>', 'a decision at the latest', duration, '60s'))
    .addOption(
      quantity('--watch <time>', 'how long the release is watched after its promotion', duration, '600s'),
    )
    .addOption(
      new Option('--compare <with>', 'what it is compared with')
        .choices(['baseline', 'absolute'])
        .default('baseline'),
    )
    .addOption(whole('--runs <n>', 'simulated deployments', '4000', 1))
    .addOption(whole('--seed <n>', 'the same seed gives the same runs', '1', 0))
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin simulate --max5xx 5% --rps 10 --canary-5xx 50%'))
    .action((options: Options) => {
      const result = simulate(scenarioOf(options), options.runs, seededRandom(options.seed));
      if (options.json) writeJson(io, result);
      else writeResult(io, result);
    });
}

function scenarioOf(options: Options): Scenario {
  const { replicas, rps, canary5xx, baseline5xx, onset, tick, warmup, watch, max5xx } = options;
  const { minBake, maxBake } = options;
  const ofCanary = options.share ?? (replicas > 1 ? 1 / replicas : 0.5);
  require(max5xx > 0 && max5xx < 1, '--max5xx must lie between 0 and 100 %, both excluded');
  require(ofCanary > 0 && ofCanary < 1, '--share must lie between 0 and 100 %, both excluded');
  require(warmup < maxBake || warmup === 0, '--warmup must be shorter than --max-bake');
  require(minBake <= maxBake, '--min-bake must not be longer than --max-bake');
  require(tick > 0 && tick <= maxBake, '--tick must be longer than 0 and not longer than --max-bake');
  return {
    spec: {
      share: ofCanary,
      warmupMs: warmup,
      minBakeMs: minBake,
      maxBakeMs: maxBake,
      max5xx,
      watchMs: watch,
      compare: options.compare,
      onNoMetrics: 'hold',
      metricsTimeoutMs: 60_000,
    },
    replicas,
    tickMs: tick,
    requestsPerSecond: rps,
    canary5xx,
    baseline5xx,
    onsetMs: onset,
  };
}

function writeResult(io: Io, result: SimulationResult): void {
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  writeTable(
    io,
    ['of the runs', ''],
    [
      ['rolled back before promotion', percent(result.rolledBack)],
      ['rolled back in the watch', percent(result.rolledBackInWatch)],
      ['promoted', percent(result.promoted)],
      ['  of them on low evidence', percent(result.promotedLowEvidence)],
      ['held', percent(result.held)],
      ['failed requests, mean', result.meanFailedRequests.toFixed(1)],
      ['time to the verdict, mean', seconds(result.meanSecondsToVerdict)],
      ['time to the verdict, 95 %', seconds(result.p95SecondsToVerdict)],
    ],
    '',
  );
}

const quantity = (flags: string, about: string, unit: Unit, standard: string): Option =>
  new Option(flags, about).argParser(parsed(unit)).default(unit.parse(standard), standard);

function parsed(unit: Unit): (text: string) => number {
  return (text) => {
    const value = unit.parse(text);
    if (value === undefined) throw new InvalidArgumentError(`must be ${unit.expected}.`);
    return value;
  };
}

function whole(flags: string, about: string, standard: string, least: number): Option {
  const parse = (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least || value > 1e6)
      throw new InvalidArgumentError(`must be a number from ${least} to 1000000.`);
    if (least !== 0.001 && !Number.isInteger(value))
      throw new InvalidArgumentError('must be a whole number.');
    return value;
  };
  return new Option(flags, about).argParser(parse).default(Number(standard), standard);
}

function require(holds: boolean, sentence: string): void {
  if (!holds) throw new SiskinError('ARGUMENT_INVALID', sentence);
}
