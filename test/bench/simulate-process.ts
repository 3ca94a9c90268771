import { seededRandom } from '../../src/domain/simulation/random.ts';
import { simulate } from '../../src/domain/simulation/simulate.ts';
import type { SimulationJob } from './simulations.ts';

/** Forked by simulations.ts: answers each job with its result. */
process.on('message', ({ scenario, runs, seed }: SimulationJob) => {
  process.send?.(simulate(scenario, runs, seededRandom(seed)));
});
