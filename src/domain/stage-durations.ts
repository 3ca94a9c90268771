import type { JournalEntry, JournalEvent } from './journal.ts';

/** Where a deployment's time goes. `rolling_back` begins with the decision, whatever the state says. */
export const deploymentStages = [
  'fetching',
  'building',
  'preparing',
  'canary',
  'held',
  'frozen',
  'rolling',
  'watching',
  'rolling_back',
] as const;
export type DeploymentStage = (typeof deploymentStages)[number];

/**
 * Milliseconds that a deployment spent in each stage it was in, by its own clock: monotonic, and time in which no
 * worker ran it does not count. A stage that it was in twice is summed up.
 */
export function stageDurations(journal: readonly JournalEntry[]): Map<DeploymentStage, number> {
  const durations = new Map<DeploymentStage, number>();
  let stage: DeploymentStage | null = null;
  let since = 0;
  const leave = (t: number) => {
    if (stage !== null) durations.set(stage, (durations.get(stage) ?? 0) + Math.max(0, t - since));
    since = t;
  };
  for (const { t, event } of journal) {
    const entered = stageEntered(event);
    if (entered === undefined) continue;
    leave(t);
    stage = entered;
  }
  leave(journal.at(-1)?.t ?? since);
  return durations;
}

/** @returns null when no stage follows, undefined when the stage stays */
function stageEntered(event: JournalEvent): DeploymentStage | null | undefined {
  if (event.type === 'rollback-began') return 'rolling_back';
  if (event.type === 'finished') return null;
  if (event.type !== 'state') return undefined;
  return deploymentStages.find((stage) => stage === event.state) ?? null;
}
