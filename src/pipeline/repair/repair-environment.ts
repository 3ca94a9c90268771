import type { Seen } from '../../domain/repair/repair-fleet.ts';
import { noteObservation, noteStep } from '../../domain/repair/repair-notes.ts';
import { repairStep } from '../../domain/repair/repair-plan.ts';
import type { RepairStep } from '../../domain/repair/repair-step.ts';
import { workersAtWork } from '../../domain/repair/workers-at-work.ts';
import { executeRepair } from './executors.ts';
import type { RepairContext } from './repair-context.ts';

/** How long one turn takes at most, in ms; then other environments have theirs. */
const turnMs = 10_000;
const nextTurnInMs = 1_000;

/** How a look ended: all is as it should be, look again later, or something else is wanted now. */
export type Looked = { end: 'whole' } | { end: 'later'; inMs: number } | { end: 'interrupted' };

/**
 * Brings back what should serve: observe, plan, do, until nothing is left to do. It has no journal, for every fact it
 * needs can be observed again, and leaves no record but the operator's log.
 *
 * @param mayGoOn asked before every step: false when a deployment waits or the worker closes
 * @throws SiskinError LEASE_LOST, DOCKER_UNAVAILABLE, ROUTER_UNAVAILABLE, ROUTER_REFUSED, STORE_UNAVAILABLE
 */
export async function repairEnvironment(
  context: RepairContext,
  mayGoOn: () => Promise<boolean>,
): Promise<Looked> {
  const { world, lease, memory, release, scrapeTargets } = context;
  const began = world.clock.monotonicMs();
  for (;;) {
    const observed = await observe(context);
    if (!(await mayGoOn())) return { end: 'interrupted' };
    await scrapeTargets?.follow(release.spec.service, observed);
    const step = plan(context, observed);
    if (step === undefined) return { end: 'whole' };
    if (step.kind === 'Rest') return { end: 'later', inMs: step.ms };
    if (world.clock.monotonicMs() - began > turnMs) return { end: 'later', inMs: nextTurnInMs };
    await lease.assertHeld();
    const result = await executeRepair(context, step, observed);
    memory.notes = noteStep(memory.notes, step, result, world.clock.monotonicMs());
  }
}

async function observe({ world, app, backend, release }: RepairContext): Promise<Seen> {
  const { service, rollout } = release.spec;
  const [glance, known] = await Promise.all([
    world.replicas.glance(app, service),
    rollout.worker ? [] : world.router.servers(backend),
  ]);
  const servers = rollout.worker ? workersAtWork(glance.replicas, release.release) : known;
  return { ...glance, servers };
}

function plan({ world, release, memory }: RepairContext, observed: Seen): RepairStep | undefined {
  const t = world.clock.monotonicMs();
  memory.notes = noteObservation(memory.notes, observed, t);
  const { rollout: spec } = release.spec;
  return repairStep({ release: release.release, spec, observed, notes: memory.notes, t });
}
