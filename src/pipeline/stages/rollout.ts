import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Baseline, JournalEvent } from '../../domain/journal.ts';
import { parseReplicaName } from '../../domain/names.ts';
import type { Observation } from '../../domain/observation.ts';
import { policyOf } from '../../domain/rollout/analysis.ts';
import type { Situation } from '../../domain/rollout/fleet.ts';
import { type Step, stepName } from '../../domain/rollout/step.ts';
import { rollBackFor } from '../../domain/rollout/trouble.ts';
import { nextStep } from '../../domain/rollout-plan.ts';
import { type RolloutContext, RunStopped } from '../run-context.ts';
import { observeDeadlineMs, stepDeadlineMs, within } from '../steps/deadlines.ts';
import { enter } from '../steps/decision-steps.ts';
import type { StepContext } from '../steps/executor.ts';
import { HealthPoller } from '../steps/health-poller.ts';
import { executeStep, intentOf } from '../steps/index.ts';
import { Measurer } from '../steps/measurer.ts';
import { ScrapeTargets } from '../steps/scrape-targets.ts';

/** How often in a row one step may fail for an unknown reason before the release goes back. */
const attemptsPerStep = 5;

/** How often in a row, a second apart, a look at containers and router may fail for an unknown reason. */
const looksAllowed = 300;

/** Time in ms before an engine or router that did not answer is asked again. */
const outagePauseMs = 1_000;

/**
 * The loop of a rollout: observe, plan, note, do. It holds no state that the journal, Docker and the router do
 * not hold, so a worker that takes over runs the very same loop.
 *
 * @throws SiskinError LEASE_LOST when another worker goes on with it
 */
export async function rollOut(context: RolloutContext): Promise<void> {
  const { world, journal, release } = context;
  const memory = {
    health: new HealthPoller(world.prober, world.clock),
    measurer: new Measurer(world.metrics, world.router, world.clock),
  };
  const attempts = new Attempts();
  const scrapeTargets = new ScrapeTargets(context);
  for (;;) {
    const step = await round({ ...context, ...memory, scrapeTargets }, attempts);
    if (step?.kind === 'Finish' && journal.progress.phase === 'finished') return;
    const unseen = attempts.neverSeen();
    if (unseen !== undefined) return await leaveAsItIs(context, unseen);
    if (context.stop.aborted) throw new RunStopped();
    if (context.lease.lost.aborted) throw new SiskinError('LEASE_LOST', `lost r${release.release}'s lease`);
  }
}

type RoundContext = Omit<StepContext, 'observed'> & { scrapeTargets: ScrapeTargets };

/** Looks, plans and does one step; a failure is counted, and the next round looks again. @returns the step, if it came to one */
async function round(context: RoundContext, attempts: Attempts): Promise<Step | undefined> {
  const { journal, world, app, scrapeTargets } = context;
  let step: Step | undefined;
  try {
    const observed = await within(observeDeadlineMs, 'Looking at containers and router', observe(context));
    if (!journal.rolloutBegan) await begin(context, observed);
    await scrapeTargets.follow(observed);
    step = planned(context, observed, attempts);
    await perform({ ...context, observed }, step);
    attempts.succeeded(step);
  } catch (error) {
    if (isLeaseLost(error)) throw error;
    const name = step?.kind ?? 'Observe';
    world.log.warn({ app: app.app, environment: app.environment, step: name, err: error }, 'a step failed');
    if (step !== undefined ? !isOutage(error) : !isBlind(error)) attempts.failed(step, error);
    await world.clock.sleep(outagePauseMs, context.interruptions.change);
  }
  return step;
}

async function observe({ world, app, backend, release }: RolloutContext): Promise<Observation> {
  const [replicas, servers] = await Promise.all([
    world.replicas.list(app, release.spec.service),
    world.router.servers(backend),
  ]);
  return { replicas, servers };
}

/** Nobody can say what runs: nothing is touched, and the environment is free for the next push. */
async function leaveAsItIs(
  { world, lease, deployment, journal }: RolloutContext,
  why: string,
): Promise<void> {
  const reason = `${why}; everything was left as it was`;
  const finishedAt = journal.clock.at();
  await world.store.update(lease, deployment.id, { state: 'failed', reason, finishedAt });
  await journal.append({ type: 'finished', outcome: 'failed', reason });
}

/** Notes what served before, once. A rollback restores exactly this. */
async function begin(context: RolloutContext, seen: Observation): Promise<void> {
  const { journal, world, app, release, lease, deployment, backend } = context;
  const { current } = await world.store.environment(app);
  const baseline = current === release.release ? null : baselineOf(seen, current);
  await world.store.update(lease, deployment.id, { baseline: baseline?.release ?? null });
  const { servers: counters } = await world.router.counters(backend);
  const skipCanary = release.servedWell;
  const policy = policyOf(baseline?.slots.length ?? 0, release.spec.rollout);
  await journal.append({ type: 'rollout-began', baseline, skipCanary, counters, policy });
  if (baseline !== null && !skipCanary) await journal.append(await enter(context, 'canary'));
}

function baselineOf({ servers }: Observation, current: number | null): Baseline | null {
  const slots = servers
    .filter(({ state }) => state === 'ready')
    .map(({ name }) => parseReplicaName(name))
    .filter((parsed) => parsed !== undefined && parsed.release === current)
    .map((parsed) => parsed?.slot ?? 0)
    .sort((a, b) => a - b);
  return current !== null && slots.length > 0 ? { release: current, slots } : null;
}

function planned(context: RolloutContext, observed: Observation, attempts: Attempts): Step {
  const { release, journal, interruptions } = context;
  const { progress } = journal;
  const situation: Situation = {
    spec: release.spec.rollout,
    release: release.release,
    progress,
    t: journal.clock.t(),
    observed,
    interruption: interruptions.current,
    frozen: interruptions.frozen?.reason ?? null,
    hookRuns: context.hookRuns?.() ?? false,
  };
  const hopeless = attempts.exhausted();
  if (!hopeless) return nextStep(situation);
  if (progress.rollBack === null) return rollBackFor(situation, hopeless);
  return { kind: 'Finish', outcome: 'failed', reason: `${progress.rollBack.reason}; then ${hopeless}` };
}

/** Notes the step under the lease's fence, does it, and notes what has become true. */
async function perform(context: StepContext, step: Step): Promise<void> {
  const { journal } = context;
  const name = stepName(step);
  if (name === undefined) {
    await journal.append(...(await inTime(context, step)));
    return;
  }
  await journal.append({ type: 'step-began', step: name }, ...intentOf(step));
  try {
    const events = await inTime(context, step);
    await journal.append({ type: 'step-ended', step: name, outcome: 'ok' }, ...events);
  } catch (error) {
    if (isLeaseLost(error)) throw error;
    await journal.append({ type: 'step-ended', step: name, outcome: 'failed', detail: messageOf(error) });
    throw error;
  }
}

const inTime = (context: StepContext, step: Step): Promise<JournalEvent[]> =>
  within(stepDeadlineMs(step.kind, context.release.spec.rollout), step.kind, executeStep(context, step));

/** Counts how often one step failed in a row. */
class Attempts {
  #step = '';
  #failures = 0;
  #error = '';

  succeeded(step: Step): void {
    if (stepName(step) === undefined && this.#step !== 'Observe') return;
    this.#failures = 0;
  }

  failed(step: Step | undefined, error: unknown): void {
    const name = step ? (stepName(step) ?? step.kind) : 'Observe';
    this.#failures = name === this.#step ? this.#failures + 1 : 1;
    this.#step = name;
    this.#error = messageOf(error);
  }

  /** @returns why nothing is known of the environment, after some minutes of trying */
  neverSeen(): string | undefined {
    if (this.#step !== 'Observe' || this.#failures < looksAllowed) return undefined;
    return `containers and router could not be looked at ${looksAllowed} times in a row: ${this.#error}`;
  }

  /** @returns why to go back, once; the count starts anew for the way back */
  exhausted(): string | undefined {
    if (this.#step === 'Observe' || this.#failures < attemptsPerStep) return undefined;
    this.#failures = 0;
    return `step "${this.#step}" failed ${attemptsPerStep} times: ${this.#error}`;
  }
}

const isLeaseLost = (error: unknown): boolean => error instanceof SiskinError && error.code === 'LEASE_LOST';

/** A look that never ended is an outage too: the engine is there and does not answer. */
const isBlind = (error: unknown): boolean =>
  isOutage(error) || (error instanceof SiskinError && error.code === 'STEP_TIMED_OUT');

const isOutage = (error: unknown): boolean =>
  error instanceof SiskinError &&
  ['DOCKER_UNAVAILABLE', 'ROUTER_UNAVAILABLE', 'STORE_UNAVAILABLE'].includes(error.code);
