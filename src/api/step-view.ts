import { type Deployment, type DeploymentState, isEndState } from '../domain/deployment.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { StepView } from './schemas.ts';

type Outcome = StepView['outcome'];

/**
 * What a deployment did and when: its stages (queued, fetching, …, rolling_back) and, among them in order of
 * their beginning, the rollout's steps. A worker that took over leaves the step it found `interrupted`.
 */
export function stepsOf(deployment: Deployment, journal: readonly JournalEntry[]): StepView[] {
  const list = new StepList(deployment.createdAt);
  for (const entry of journal) note(list, entry);
  if (isEndState(deployment.state)) {
    list.finish(
      deployment.finishedAt ?? journal.at(-1)?.at ?? deployment.createdAt,
      outcomeOf(deployment.state),
    );
  }
  return list.steps;
}

function note(list: StepList, { at, event }: JournalEntry): void {
  switch (event.type) {
    case 'state':
      if (isEndState(event.state)) list.finish(at, outcomeOf(event.state));
      else list.enterStage(event.state, at, 'ok');
      return;
    case 'run-began':
      list.interrupt(at);
      return;
    case 'step-began':
      list.begin(event.step, at, event.service);
      return;
    case 'step-ended':
      list.end(keyOf(event.step, event.service), at, event.outcome, event.detail ?? null);
      return;
    case 'rollback-began':
      list.enterStage('rolling_back', at, outcomeOf(event.outcome));
      return;
    case 'finished':
      list.finish(at, outcomeOf(event.outcome));
      return;
    default:
      return;
  }
}

function outcomeOf(state: DeploymentState): Outcome {
  if (state === 'succeeded') return 'ok';
  return state === 'cancelled' || state === 'superseded' ? 'interrupted' : 'failed';
}

/** One stage is open at a time, and any number of steps within it. */
class StepList {
  readonly steps: StepView[] = [];
  #stage: StepView;
  readonly #open = new Map<string, StepView>();

  constructor(createdAt: string) {
    this.#stage = this.#add('queued', createdAt);
  }

  enterStage(name: string, at: string, outcomeOfLast: Outcome): void {
    if (name === this.#stage.name && this.#stage.endedAt === null) return;
    close(this.#stage, at, outcomeOfLast);
    this.#stage = this.#add(name, at);
  }

  /** @param service of several, the one whose step it is */
  begin(name: string, at: string, service: string | undefined): void {
    const key = keyOf(name, service);
    this.end(key, at, 'interrupted', null);
    const step = this.#add(name, at);
    if (service !== undefined) step.service = service;
    this.#open.set(key, step);
  }

  end(key: string, at: string, outcome: Outcome, detail: string | null): void {
    const step = this.#open.get(key);
    if (step === undefined) return;
    close(step, at, outcome, detail);
    this.#open.delete(key);
  }

  interrupt(at: string): void {
    for (const name of [...this.#open.keys()]) this.end(name, at, 'interrupted', null);
  }

  /** A rollback that came to its end did what it was to do, whatever the deployment's outcome. */
  finish(at: string, outcome: Outcome): void {
    this.interrupt(at);
    close(this.#stage, at, this.#stage.name === 'rolling_back' ? 'ok' : outcome);
  }

  #add(name: string, at: string): StepView {
    const step: StepView = { name, startedAt: at, endedAt: null, outcome: 'running', detail: null };
    this.steps.push(step);
    return step;
  }
}

/** Two services may do a step of the same name at once. */
const keyOf = (name: string, service: string | undefined): string => `${service ?? ''} ${name}`;

function close(step: StepView, at: string, outcome: Outcome, detail: string | null = null): void {
  if (step.endedAt !== null) return;
  step.endedAt = at;
  step.outcome = outcome;
  step.detail = detail;
}
