import type { Entry } from './deploy.ts';

/**
 * How soon a bad canary was found out, in seconds since it was attached.
 * @returns NaN for what did not happen
 */
export function rollbackTimes(journal: readonly Entry[]): {
  decidedSeconds: number;
  detachedSeconds: number;
} {
  const at = (matches: (event: Record<string, unknown>) => boolean): number =>
    journal.find(({ event }) => matches(event))?.t ?? Number.NaN;
  const attached = at(({ type }) => type === 'replica-attached');
  const decided = at(({ type }) => type === 'rollback-began');
  const detached = at(
    ({ type, step }) => type === 'step-ended' && typeof step === 'string' && step.startsWith('Drain '),
  );
  return { decidedSeconds: (decided - attached) / 1000, detachedSeconds: (detached - attached) / 1000 };
}
