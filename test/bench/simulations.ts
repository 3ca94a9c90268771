import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Scenario, SimulationResult } from '../../src/domain/simulation/simulate.ts';

/** One call of `simulate`, for another process. */
export interface SimulationJob {
  scenario: Scenario;
  runs: number;
  seed: number;
}

/**
 * Simulates on all processors, one process on each.
 * @param onDone is told how many are done
 * @returns the results in the jobs' order
 * @throws Error when a process ends in the middle of its job
 */
export async function simulateAll(
  jobs: readonly SimulationJob[],
  onDone: (done: number) => void,
): Promise<SimulationResult[]> {
  const results: SimulationResult[] = [];
  const left = jobs.entries();
  let done = 0;
  const work = async (): Promise<void> => {
    const child = fork(new URL('./simulate-process.ts', import.meta.url));
    try {
      for (const [index, job] of left) {
        results[index] = await simulateIn(child, job);
        onDone(++done);
      }
    } finally {
      child.kill();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, work));
  return results;
}

async function simulateIn(child: ChildProcess, job: SimulationJob): Promise<SimulationResult> {
  const settled = new AbortController();
  const { signal } = settled;
  const result = once(child, 'message', { signal }).then(([message]) => message as SimulationResult);
  const died = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a simulation ended with ${code}`);
  });
  child.send(job);
  try {
    return await Promise.race([result, died]);
  } finally {
    // the one that lost the race ends as aborted, which nobody needs
    void Promise.allSettled([result, died]);
    settled.abort();
  }
}
