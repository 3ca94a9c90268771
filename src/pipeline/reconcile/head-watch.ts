import { messageOf } from '../../domain/errors/siskin-error.ts';
import type { TrackedApp } from '../../domain/push-policy.ts';
import { type LookPace, nextLookMs } from '../../domain/reconcile/next-look.ts';
import { anySignal } from '../any-signal.ts';
import { Turns } from '../turns.ts';
import { LookMemory, lookAtRepository } from './look-at-repository.ts';
import type { HeadWorld } from './ports.ts';
import { type TrackedRepository, trackedRepositories } from './tracked-repositories.ts';

export interface HeadWatchOptions {
  pace: LookPace;
  /** Repositories that are asked at the same time. */
  atOnce?: number;
  /** 0..1; tests give their own. */
  random?: () => number;
}

/**
 * Finds the pushes whose webhook never came: looks at every repository's tracked branches at the pace that
 * is given, each repository by itself, and slower while it does not answer. Ends when `stop` is aborted; never rejects.
 */
export async function watchHeads(
  world: HeadWorld,
  apps: readonly TrackedApp[],
  stop: AbortSignal,
  { pace, atOnce = 4, random = Math.random }: HeadWatchOptions,
): Promise<void> {
  const turns = new Turns(atOnce);
  await Promise.all(
    trackedRepositories(apps).map((one) => watchOne(world, one, { turns, pace, random }, stop)),
  );
}

async function watchOne(
  world: HeadWorld,
  tracked: TrackedRepository,
  { turns, pace, random }: { turns: Turns; pace: LookPace; random: () => number },
  stop: AbortSignal,
): Promise<void> {
  const memory = new LookMemory();
  let failures = 0;
  // Soon: what was pushed while Siskin was down has had no receiver.
  let waitMs = random() * pace.jitterMs;
  for (;;) {
    await world.clock.sleep(waitMs, stop);
    if (stop.aborted) return;
    let confirm = false;
    // A signal for this look alone: git's library keeps listening to the one that it was given.
    const { signal, unlink } = anySignal([stop]);
    try {
      ({ confirm } = await turns.run(signal, () => lookAtRepository(world, tracked, memory, signal)));
      failures = 0;
    } catch (error) {
      if (stop.aborted) return;
      failures += 1;
      const fields = { apps: appsOf(tracked), failures, error: messageOf(error) };
      world.log.warn(fields, 'the heads of a repository could not be asked; it is asked again, more rarely');
    } finally {
      unlink();
    }
    waitMs = nextLookMs(pace, { failures, confirm }, random());
  }
}

const appsOf = ({ environments }: TrackedRepository): string[] => [
  ...new Set(environments.map(({ app }) => app)),
];
