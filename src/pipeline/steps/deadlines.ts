import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { StepKind } from '../../domain/rollout/step.ts';
import type { RolloutSpec } from '../../domain/service-spec.ts';

/** How long a look at the engine and the router may take, in ms: then they count as not answering. */
export const observeDeadlineMs = 30_000;

const usualMs = 60_000;

/** How long a step may take before it counts as failed, in ms; what it asked for goes on, and is asked for again. */
export function stepDeadlineMs(kind: StepKind, { health, smoke }: RolloutSpec): number {
  const probeMs = health.kind === 'http' ? health.timeoutMs : 5_000;
  switch (kind) {
    case 'Smoke':
      return usualMs + smoke.length * probeMs;
    case 'AwaitHealthy':
    case 'Analyse':
      return usualMs + probeMs;
    case 'StartReplica':
    case 'RemoveReplica':
    case 'Finish':
      return 2 * usualMs;
    default:
      return usualMs;
  }
}

/**
 * Waits for the work, and no longer than this.
 * @throws SiskinError STEP_TIMED_OUT; else what the work throws
 */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new SiskinError('STEP_TIMED_OUT', `${what} did not end within ${ms / 1_000} s.`);
    timer = setTimeout(reject, ms, error);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
