import type { Seen } from '../../domain/repair/repair-fleet.ts';
import type { StepResult } from '../../domain/repair/repair-notes.ts';
import type {
  RepairAction,
  RepairStep,
  RepairStepKind,
  RepairStepOf,
} from '../../domain/repair/repair-step.ts';
import { isRefusal, replicaRequest } from '../steps/replica-steps.ts';
import type { RepairContext } from './repair-context.ts';

/** The longest waits before the world is looked at again, in ms. */
const waitMs = 50;
const healthSliceMs = 250;

type RepairExecutor<K extends RepairStepKind> = (
  context: RepairContext,
  step: RepairStepOf<K>,
  observed: Seen,
) => Promise<StepResult>;

const startReplica: RepairExecutor<'StartReplica'> = async (context, { replica, slot }, { replicas }) => {
  const { world, app, release, lease, health } = { ...context, ...context.memory };
  health.forget(replica);
  const asker = { app, lease, deployment: { id: release.deployment } };
  try {
    await world.replicas.start(await replicaRequest(world.secrets, asker, release, { replica, slot }));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    world.log.warn({ ...subject(context), replica, err: error }, 'a replica could not be started again');
    return { refused: true };
  }
  const found = replicas.some(({ name }) => name === replica);
  return did(context, found ? 'replica-restarted' : 'replica-recreated', replica);
};

const awaitHealthy: RepairExecutor<'AwaitHealthy'> = async (context, step, { replicas }) => {
  const { world, release, lease, stop, memory } = context;
  const { health, port } = release.spec.rollout;
  const due = Math.min(...step.replicas.map(({ replica }) => memory.health.dueInMs(replica, health)));
  if (due > 0) await world.clock.sleep(Math.min(due, healthSliceMs), stop);
  const asked = step.replicas.map(async ({ replica, address }) => {
    const found = replicas.find(({ name }) => name === replica);
    if (!found || memory.health.dueInMs(replica, health) > 0) return [];
    const answer = await memory.health.ask(found, port, health, lease.lost);
    return answer.state === 'healthy' ? [{ replica, address }] : [];
  });
  return { healthy: (await Promise.all(asked)).flat() };
};

/** The stop is asked for and not awaited: a replica that uses its whole grace must not stop the loop. */
const stopReplica: RepairExecutor<'StopReplica'> = async (context, { replica }) => {
  const { world, app, release, lease } = context;
  const { service, rollout } = release.spec;
  world.replicas.stop(app, service, replica, rollout.stopGraceMs).catch((err: unknown) => {
    if (!lease.lost.aborted)
      world.log.warn({ ...subject(context), replica, err }, 'a stop is asked for again');
  });
  return {};
};

const executors: { [K in RepairStepKind]: RepairExecutor<K> } = {
  StartReplica: startReplica,
  AddServer: async ({ world, backend, release }, { replica, address }) => {
    await world.router.addServer(backend, replica, address, release.spec.rollout.port);
    return {};
  },
  MoveServer: async (context, { replica, address }) => {
    const { world, backend, release } = context;
    await world.router.moveServer(backend, replica, address, release.spec.rollout.port);
    return did(context, 'server-readdressed', replica);
  },
  AwaitHealthy: awaitHealthy,
  Attach: async (context, { replica, weight }) => {
    await context.world.router.enableServer(context.backend, replica, weight);
    return did(context, 'server-attached', replica);
  },
  Drain: async (context, { replica }) => {
    await context.world.router.drainServer(context.backend, replica);
    return did(context, 'server-drained', replica);
  },
  RemoveServer: async (context, { replica }) => {
    await context.world.router.removeServer(context.backend, replica);
    return did(context, 'server-removed', replica);
  },
  StopReplica: stopReplica,
  RemoveReplica: async (context, { replica }) => {
    await context.world.replicas.remove(context.app, context.release.spec.service, replica);
    return did(context, 'container-removed', replica);
  },
  RemoveStray: async (context, { container }) => {
    const { service, rollout } = context.release.spec;
    await context.world.replicas.removeStray(context.app, service, container, rollout.stopGraceMs);
    return did(context, 'container-removed', container);
  },
  Wait: async ({ world, stop }) => {
    await world.clock.sleep(waitMs, stop);
    return {};
  },
  Rest: async () => ({}),
};

/** Does one step; done again it does no harm. @throws SiskinError DOCKER_UNAVAILABLE, ROUTER_UNAVAILABLE, ROUTER_REFUSED */
export function executeRepair<K extends RepairStepKind>(
  context: RepairContext,
  step: RepairStepOf<K> & RepairStep,
  observed: Seen,
): Promise<StepResult> {
  const executor: (typeof executors)[K] = executors[step.kind as K];
  return executor(context, step, observed);
}

function did(context: RepairContext, action: RepairAction, what: string): StepResult {
  context.world.log.info({ ...subject(context), action, what }, 'repaired');
  context.onAction(action);
  return {};
}

const subject = ({ app }: RepairContext) => ({ app: app.app, environment: app.environment });
