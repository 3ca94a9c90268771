import type { Entry } from './deploy.ts';

type Matches = (event: Record<string, unknown>) => boolean;

const isAttached: Matches = ({ type }) => type === 'replica-attached';

/**
 * How soon a bad canary was found out, in seconds since it was attached.
 * @returns NaN for what did not happen
 */
export function rollbackTimes(journal: readonly Entry[]): {
  decidedSeconds: number;
  detachedSeconds: number;
} {
  const since = (matches: Matches) => secondsBetween(journal, isAttached, matches);
  return {
    decidedSeconds: since(({ type }) => type === 'rollback-began'),
    detachedSeconds: since(
      ({ type, step }) => type === 'step-ended' && typeof step === 'string' && step.startsWith('Drain '),
    ),
  };
}

/** From the canary's being attached to its promotion or rollback, whichever came first. @returns NaN without one */
export const secondsToVerdict = (journal: readonly Entry[]): number =>
  secondsBetween(journal, isAttached, ({ type }) => type === 'promoted' || type === 'rollback-began');

function secondsBetween(journal: readonly Entry[], from: Matches, to: Matches): number {
  const at = (matches: Matches) => journal.find(({ event }) => matches(event))?.t ?? Number.NaN;
  return (at(to) - at(from)) / 1000;
}
