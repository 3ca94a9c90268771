import type { Bench } from './bench.ts';
import { boundCells, broken, cellName, errorRates, scenarioOf } from './bounds-cells.ts';
import { simulateAll } from './simulations.ts';

/** The verdict's error rates, by simulation, where they are promised: at the limit itself. */
export const bounds: Bench = {
  about: "the verdict's error rates against their bounds, by simulation",
  async run({ quick, note }) {
    const runs = quick ? 1_000 : 20_000;
    const jobs = boundCells.map((cell, index) => ({ scenario: scenarioOf(cell), runs, seed: index + 1 }));
    const began = performance.now();
    const results = await simulateAll(jobs, (done) => note(`${done} of ${jobs.length} cells`));
    const seconds = (performance.now() - began) / 1000;
    note(`${seconds.toFixed(0)} s`);
    const cells = boundCells.flatMap((cell, index) => {
      const result = results[index];
      return result ? [{ cell, result }] : [];
    });
    return {
      tables: [
        {
          title: `a release at its limit, ${runs} runs a cell${quick ? ' (quick: too few to compare)' : ''}, in % of the runs`,
          columns: ['cell', ...errorRates.flatMap(({ name, atMost }) => [name, `of ${atMost * 100} %`])],
          rows: cells.map(({ cell, result }) => [
            cellName(cell),
            ...errorRates.flatMap(({ atMost, shareOf }) => [shareOf(result) * 100, shareOf(result) / atMost]),
          ]),
        },
      ],
      failures: cells.flatMap(({ cell, result }) => broken(cell, result)),
      figures: { runs, seconds, cells: cells.map(({ cell, result }) => ({ ...cell, ...result })) },
    };
  },
};
