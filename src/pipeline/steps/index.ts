import type { JournalEvent } from '../../domain/journal.ts';
import type { Step, StepKind, StepOf } from '../../domain/rollout/step.ts';
import { analyse } from './analyse.ts';
import { finish, freeze, hold, promote, resume, rollBack, thaw, watch } from './decision-steps.ts';
import type { Executors, StepContext } from './executor.ts';
import { awaitHealthy, smoke } from './health-steps.ts';
import { giveUp, removeReplica, startReplica, stopReplica } from './replica-steps.ts';
import { addServer, attach, drain, removeServer, setShare } from './router-steps.ts';

/** The longest wait before the world is looked at again. */
const waitMs = 50;

const executors: Executors = {
  StartReplica: startReplica,
  AddServer: addServer,
  AwaitHealthy: awaitHealthy,
  Smoke: smoke,
  Attach: attach,
  SetShare: setShare,
  Drain: drain,
  RemoveServer: removeServer,
  StopReplica: stopReplica,
  RemoveReplica: removeReplica,
  Analyse: analyse,
  Hold: hold,
  Resume: resume,
  Freeze: freeze,
  Thaw: thaw,
  Promote: promote,
  Watch: watch,
  RollBack: rollBack,
  GiveUp: giveUp,
  Finish: finish,
  Wait: async ({ world, interruptions }) => {
    await world.clock.sleep(waitMs, interruptions.change);
    return [];
  },
};

/** Does one step. @returns what has become true, for the journal */
export function executeStep<K extends StepKind>(
  context: StepContext,
  step: StepOf<K> & Step,
): Promise<JournalEvent[]> {
  const executor: Executors[K] = executors[step.kind as K];
  return executor(context, step);
}

/** What a step makes known before it acts, so that a worker that takes over knows it may have happened. */
export function intentOf(step: Step): JournalEvent[] {
  if (step.kind === 'Drain') return [{ type: 'drain-began', replica: step.replica }];
  if (step.kind === 'StopReplica') return [{ type: 'stop-began', replica: step.replica }];
  return [];
}
