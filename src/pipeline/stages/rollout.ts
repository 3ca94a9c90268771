import type { Release } from '../../domain/deployment.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Baseline, JournalEvent } from '../../domain/journal.ts';
import { parseReplicaName } from '../../domain/names.ts';
import type { Observation } from '../../domain/observation.ts';
import { policyOf } from '../../domain/rollout/analysis.ts';
import { type Step, stepName } from '../../domain/rollout/step.ts';
import { rollBackFor } from '../../domain/rollout/trouble.ts';
import { workerServers } from '../../domain/rollout/worker-servers.ts';
import {
  nextStepOfAll,
  type Planned,
  rollBackOfAll,
  type ServiceSituation,
} from '../../domain/rollout-of-all.ts';
import { type RolloutContext, type RunContext, RunStopped, rolloutContexts } from '../run-context.ts';
import { observeDeadlineMs, stepDeadlineMs, within } from '../steps/deadlines.ts';
import { enterOne } from '../steps/decision-steps.ts';
import type { StepContext } from '../steps/executor.ts';
import { HealthPoller } from '../steps/health-poller.ts';
import { executeStep, intentOf } from '../steps/index.ts';
import { Measurer } from '../steps/measurer.ts';
import { ScrapeTargets } from '../steps/scrape-targets.ts';
import { Attempts } from './attempts.ts';

/** Time in ms before an engine or router that did not answer is asked again. */
const outagePauseMs = 1_000;

/**
 * The loop of a rollout: observe, plan, note, do. It holds no state that the journal, Docker and the router do
 * not hold, so a worker that takes over runs the very same loop. All services are looked at together.
 *
 * @throws SiskinError LEASE_LOST when another worker goes on with it
 */
export async function rollOut(run: RunContext, release: Release): Promise<void> {
  const { journal } = run;
  const rollout: Rollout = {
    run,
    members: rolloutContexts(run, release).map((context) => withMemory(context)),
    scrapeTargets: new ScrapeTargets(run, release),
    attempts: new Attempts(),
  };
  for (;;) {
    await round(rollout);
    if (journal.finished) return;
    const unseen = rollout.attempts.neverSeen();
    if (unseen !== undefined) return await leaveAsItIs(run, unseen);
    if (run.stop.aborted) throw new RunStopped();
    if (run.lease.lost.aborted) throw new SiskinError('LEASE_LOST', `lost r${release.release}'s lease`);
  }
}

interface Rollout {
  run: RunContext;
  /** One per service, in rollout order. */
  members: Member[];
  scrapeTargets: ScrapeTargets;
  attempts: Attempts;
}

/** One service, and the memory of this run of it. */
type Member = Omit<StepContext, 'observed' | 'all'>;

function withMemory(context: RolloutContext): Member {
  const { world } = context;
  const health = new HealthPoller(world.prober, world.clock);
  return { ...context, health, measurer: new Measurer(world.metrics, world.router, world.clock) };
}

/** Looks, plans and does one step, or waits for several things at once; a failure is counted, and the next round looks again. */
async function round(rollout: Rollout): Promise<void> {
  const { members, scrapeTargets, attempts } = rollout;
  let all: ServiceSituation[];
  let plan: Planned[];
  try {
    all = await within(observeDeadlineMs, 'Looking at containers and router', observeAll(rollout));
    for (const { service, observed } of all) await scrapeTargets.follow(service, observed);
    plan = planned(all, attempts);
  } catch (error) {
    await noteFailure(rollout, undefined, error);
    return;
  }
  await Promise.all(
    plan.map(async (next) => {
      const member = members.find(({ release }) => release.spec.service === next.service);
      const situation = all.find(({ service }) => service === next.service);
      if (member && situation) await attempt(rollout, { ...member, observed: situation.observed, all }, next);
    }),
  );
}

async function attempt(rollout: Rollout, context: StepContext, next: Planned): Promise<void> {
  try {
    if (next.step.kind === 'Begin') await begin(context);
    else await perform(context, next.step);
    rollout.attempts.succeeded(next);
  } catch (error) {
    await noteFailure(rollout, next, error);
  }
}

async function noteFailure(
  { run, attempts }: Rollout,
  next: Planned | undefined,
  error: unknown,
): Promise<void> {
  if (isLeaseLost(error)) throw error;
  const { app, world } = run;
  const step = next?.step.kind ?? 'Observe';
  world.log.warn(
    { app: app.app, environment: app.environment, service: next?.service, step, err: error },
    'a step failed',
  );
  if (next !== undefined ? !isOutage(error) : !isBlind(error)) attempts.failed(next, error);
  await world.clock.sleep(outagePauseMs, run.interruptions.change);
}

const observeAll = ({ run, members }: Rollout): Promise<ServiceSituation[]> =>
  Promise.all(
    members.map(async (member) => {
      const observed = await observe(member);
      const { release, journal } = member;
      return {
        service: release.spec.service,
        spec: release.spec.rollout,
        release: release.release,
        progress: journal.progress,
        t: journal.clock.t(),
        observed,
        interruption: run.interruptions.current,
        frozen: run.interruptions.frozen?.reason ?? null,
        hookRuns: run.hookRuns?.() ?? false,
      };
    }),
  );

async function observe({ world, app, backend, release, journal }: RolloutContext): Promise<Observation> {
  const { service, rollout } = release.spec;
  const [replicas, servers] = await Promise.all([
    world.replicas.list(app, service),
    world.router.servers(backend),
  ]);
  return { replicas, servers: rollout.worker ? workerServers(replicas, journal.progress) : servers };
}

/** Nobody can say what runs: nothing is touched, and the environment is free for the next push. */
async function leaveAsItIs({ world, lease, deployment, journal }: RunContext, why: string): Promise<void> {
  const reason = `${why}; everything was left as it was`;
  const finishedAt = journal.clock.at();
  await world.store.update(lease, deployment.id, { state: 'failed', reason, finishedAt });
  await journal.append({ type: 'finished', outcome: 'failed', reason });
}

/** Notes what served before, once. A rollback restores exactly this. */
async function begin(context: StepContext): Promise<void> {
  const { journal, world, app, release, lease, deployment, backend, observed, all } = context;
  const { current } = await world.store.environment(app);
  const baseline = current === release.release ? null : baselineOf(observed, current);
  const first = all.every(({ progress }) => !progress.began);
  if (baseline !== null || first)
    await world.store.update(lease, deployment.id, { baseline: baseline?.release ?? null });
  const { servers: counters } = await world.router.counters(backend);
  const skipCanary = release.servedWell;
  const { rollout } = release.spec;
  const policy = policyOf(baseline?.slots.length ?? 0, rollout);
  await journal.append({ type: 'rollout-began', baseline, skipCanary, counters, policy });
  if (baseline !== null && !skipCanary && !rollout.worker)
    await journal.append(...(await enterOne(context, 'canary')));
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

function planned(all: readonly ServiceSituation[], attempts: Attempts): Planned[] {
  const hopeless = attempts.exhausted();
  const situation = all.find(({ service }) => service === hopeless?.service);
  if (!hopeless || !situation) return nextStepOfAll(all);
  const { service, progress } = situation;
  if (progress.rollBack === null) {
    const step = rollBackFor(situation, hopeless.why);
    return [{ service, step: rollBackOfAll(step, situation, all) }];
  }
  const reason = `${progress.rollBack.reason}; then ${hopeless.why}`;
  return [{ service, step: { kind: 'Finish', outcome: 'failed', reason } }];
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

const isLeaseLost = (error: unknown): boolean => error instanceof SiskinError && error.code === 'LEASE_LOST';

/** A look that never ended is an outage too: the engine is there and does not answer. */
const isBlind = (error: unknown): boolean =>
  isOutage(error) || (error instanceof SiskinError && error.code === 'STEP_TIMED_OUT');

const isOutage = (error: unknown): boolean =>
  error instanceof SiskinError &&
  ['DOCKER_UNAVAILABLE', 'ROUTER_UNAVAILABLE', 'STORE_UNAVAILABLE'].includes(error.code);
