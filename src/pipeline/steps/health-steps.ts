import type { JournalEvent } from '../../domain/journal.ts';
import { parseReplicaName } from '../../domain/names.ts';
import { replicaProgress } from '../../domain/rollout/progress.ts';
import type { Executor, StepContext } from './executor.ts';
import { releaseOf } from './replica-steps.ts';

/** The longest wait for health before the world is observed again. */
const sliceMs = 250;

/** Asks every replica that is due once; waits for the next one that is due, at most a slice. */
export const awaitHealthy: Executor<'AwaitHealthy'> = async (context, { replicas }) => {
  const { world, health, interruptions } = context;
  const spec = context.release.spec.rollout.health;
  const due = Math.min(...replicas.map(({ replica }) => health.dueInMs(replica, spec)));
  if (due > 0) await world.clock.sleep(Math.min(due, sliceMs), interruptions.change);
  const events = await Promise.all(replicas.map(({ replica }) => askOne(context, replica)));
  return events.flat();
};

async function askOne(context: StepContext, name: string): Promise<JournalEvent[]> {
  const { health, observed, journal, lease } = context;
  const replica = observed.replicas.find((candidate) => candidate.name === name);
  const release = await releaseOf(context, parseReplicaName(name)?.release ?? 0);
  const { rollout } = release.spec;
  if (!replica || health.dueInMs(name, rollout.health) > 0) return [];
  const answer = await health.ask(replica, rollout.port, rollout.health, lease.lost);
  if (answer.state === 'healthy') return [{ type: 'replica-healthy', replica: name }];
  if (answer.state === 'promising') return [];
  const known = replicaProgress(journal.progress, name).unhealthyDetail;
  if (known === answer.detail) return [];
  return [{ type: 'replica-unhealthy', replica: name, detail: answer.detail }];
}

/** Every smoke request must answer as the app says; they also warm the replica up. */
export const smoke: Executor<'Smoke'> = async ({ world, release, lease }, { replica, address }) => {
  const { rollout } = release.spec;
  const timeoutMs = rollout.health.kind === 'http' ? Math.max(rollout.health.timeoutMs, 5_000) : 5_000;
  for (const { path, expect } of rollout.smoke) {
    const answer = await world.prober.probe({ address, port: rollout.port, path, timeoutMs }, lease.lost);
    const got = 'error' in answer ? answer.error : `${answer.status}`;
    if (got !== `${expect}`) {
      const detail = `failed its smoke request: GET ${path} should answer ${expect}, got ${got}`;
      return [{ type: 'replica-failed', replica, detail }];
    }
  }
  return [{ type: 'replica-smoked', replica }];
};
