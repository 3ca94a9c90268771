import { type DeploymentState, isEndState } from './deployment.ts';

const unserved = ['failed', 'cancelled', 'superseded'] as const;
const served = ['rolled_back', ...unserved] as const;

/**
 * Which state may follow which. Read it as DESIGN section 5: left to right while it goes well; `held` and
 * `frozen` wait; an end is final. A worker that takes over before traffic moved fetches again. Staying in a
 * state is always allowed: a worker that takes over says it again.
 */
export const transitions: Readonly<Record<DeploymentState, readonly DeploymentState[]>> = {
  queued: ['fetching', 'preparing', ...unserved],
  fetching: ['building', 'preparing', 'succeeded', ...unserved],
  building: ['fetching', 'preparing', ...unserved],
  preparing: ['fetching', 'canary', 'rolling', 'watching', 'frozen', 'succeeded', ...served],
  canary: ['fetching', 'rolling', 'watching', 'held', 'frozen', 'succeeded', ...served],
  held: ['canary', 'rolling', 'watching', 'frozen', ...served],
  rolling: ['watching', 'held', 'frozen', 'succeeded', ...served],
  watching: ['held', 'frozen', 'succeeded', ...served],
  frozen: ['preparing', 'canary', 'rolling', 'watching', 'succeeded', ...served],
  succeeded: [],
  rolled_back: [],
  failed: [],
  cancelled: [],
  superseded: [],
};

/** Whether a deployment in `from` may become `to`; an end may only stay what it is. */
export const canTransition = (from: DeploymentState, to: DeploymentState): boolean =>
  from === to || transitions[from].includes(to);

/** @returns `to`, or null when the step is not allowed */
export const transition = (from: DeploymentState, to: DeploymentState): DeploymentState | null =>
  canTransition(from, to) ? to : null;

/** The states that may become `to`, itself among them unless it is an end. */
export const statesBefore = (to: DeploymentState): DeploymentState[] =>
  (Object.keys(transitions) as DeploymentState[]).filter(
    (from) => canTransition(from, to) && !isEndState(from),
  );
