import type { DeploymentState } from './deployment.ts';
import type { Situation } from './rollout/fleet.ts';
import type { Progress } from './rollout/progress.ts';
import type { Step, StepKind, StepOf } from './rollout/step.ts';
import { tookOver } from './rollout/trouble.ts';
import { nextStep, watchIsOver } from './rollout-plan.ts';

/** The situation of one service of a release. */
export interface ServiceSituation extends Situation {
  service: string;
}

/** One thing to do for one service. `Begin`: to note what serves of it now, for that is what it goes back to. */
export interface Planned {
  service: string;
  step: Step | { kind: 'Begin' };
}

/**
 * What to do now for all services of a release. They are rolled out one after the other; those before are watched
 * meanwhile, until the last one's watch is over. When one fails, all that have begun go back.
 *
 * @param all in rollout order, at least one; those that have begun come first
 * @returns one thing to do, or several that only wait, to be waited for at once
 */
export function nextStepOfAll(all: readonly ServiceSituation[]): Planned[] {
  const begun = all.filter(({ progress }) => progress.began);
  const [first] = all;
  if (first && begun.length === 0) return [planned(first, { kind: 'Begin' })];
  if (first && all.length === 1) return [planned(first, nextStep(first))];
  return begun.some(({ progress }) => progress.rollBack !== null) ? goBack(begun) : goOn(all, begun);
}

/** The deployment's state when one service enters this one: it is only as far as the last of them, and never goes back. */
export function stateOfAll(
  state: DeploymentState,
  others: readonly Pick<Progress, 'phase'>[],
): DeploymentState {
  if (state === 'watching') return others.every(isWatching) ? 'watching' : 'rolling';
  if (state === 'canary' || state === 'preparing')
    return others.some(({ phase }) => phase !== 'canary') ? 'rolling' : state;
  return state;
}

function goOn(all: readonly ServiceSituation[], begun: readonly ServiceSituation[]): Planned[] {
  const seen = begun.map((situation) => amongOthers(situation, all));
  const over = seen.length === all.length && seen.every(watchIsOver);
  const waiting: Planned[] = [];
  const ended: Planned[] = [];
  for (const situation of seen) {
    const step = nextStep({ ...situation, watchGoesOn: !over });
    const next = planned(situation, named(situation, step));
    if (step.kind === 'RollBack') return [planned(situation, rollBackOfAll(step, situation, all))];
    if (step.kind === 'Finish') ended.push(next);
    else if (waits(step)) waiting.push(next);
    else return [next];
  }
  const following = all[begun.length];
  if (following && following.frozen === null && begun.every(({ progress }) => isWatching(progress)))
    return [planned(following, { kind: 'Begin' })];
  return waiting.length > 0 ? waiting : ended.slice(0, 1);
}

/** A service as it is to see its situation: what a newer push or a person says is said to all of them together. */
function amongOthers(situation: ServiceSituation, all: readonly ServiceSituation[]): ServiceSituation {
  const promotesFollowed = Math.max(...all.map(({ progress }) => progress.promotesFollowed));
  const seen = { ...situation, progress: { ...situation.progress, promotesFollowed } };
  if (situation.interruption?.kind !== 'superseded') return seen;
  const [first] = all;
  const inCanary = first?.progress.phase === 'canary';
  const watched = all.every(({ progress }) => isWatching(progress));
  return inCanary || watched ? seen : { ...seen, interruption: null };
}

/** One service's rollback as that of all: it counts as one when any of them had taken over. */
export function rollBackOfAll(
  rollBack: StepOf<'RollBack'>,
  { service }: ServiceSituation,
  all: readonly ServiceSituation[],
): StepOf<'RollBack'> {
  if (all.length === 1) return rollBack;
  const moved = all.some(({ progress }) => tookOver(progress));
  const outcome = rollBack.outcome === 'failed' && moved ? 'rolled_back' : rollBack.outcome;
  const reason = rollBack.evidence === 'none' ? rollBack.reason : `${service}: ${rollBack.reason}`;
  return { ...rollBack, outcome, reason };
}

/** Says which service a sentence is about. */
function named({ service, frozen }: ServiceSituation, step: Step): Step {
  if (step.kind === 'Hold' || step.kind === 'Promote')
    return { ...step, reason: `${service}: ${step.reason}` };
  if (step.kind === 'Freeze' && frozen === null)
    return { ...step, reason: step.reason.replace(/^frozen: /, `frozen: ${service}: `) };
  return step;
}

/** In reverse order, but none waits for another: the router comes first, for requests are being lost. */
function goBack(begun: readonly ServiceSituation[]): Planned[] {
  const steps = begun.toReversed().map((situation) => planned(situation, nextStep(situation)));
  const open = steps.filter(({ step }) => step.kind !== 'Finish');
  const next = open.find(({ step }) => ofRouter.has(step.kind)) ?? open.find(({ step }) => !waits(step));
  if (next) return [next];
  return open.length > 0 ? open : back(steps, begun);
}

const ofRouter: ReadonlySet<string> = new Set<StepKind>([
  'Attach',
  'SetShare',
  'Drain',
  'AddServer',
  'RemoveServer',
]);

/** All are back; what one of them could not bring back is said. */
function back(ended: readonly Planned[], begun: readonly ServiceSituation[]): Planned[] {
  const ends = ended.flatMap(({ service, step }) => (step.kind === 'Finish' ? [{ service, ...step }] : []));
  const [first] = ends;
  const why = begun[0]?.progress.rollBack?.reason ?? '';
  const losses = ends.flatMap(({ service, reason }) =>
    reason === why ? [] : [` (${service}${reason.slice(why.length)})`],
  );
  const outcome = ends.some((end) => end.outcome === 'failed') ? 'failed' : first?.outcome;
  if (!first || !outcome) return [];
  return [{ service: first.service, step: { kind: 'Finish', outcome, reason: why + losses.join('') } }];
}

const waits = ({ kind }: { kind: string }): boolean => kind === 'Wait' || kind === 'AwaitHealthy';

const isWatching = ({ phase }: Pick<Progress, 'phase'>): boolean => phase === 'watching';

const planned = ({ service }: ServiceSituation, step: Planned['step']): Planned => ({ service, step });
