import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type HookName, hookFailure, hookStep } from '../../domain/hooks.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { ServiceRelease } from '../../domain/release.ts';
import { LogWriter } from '../log-writer.ts';
import type { RunContext } from '../run-context.ts';
import { patiently } from '../stages/patience.ts';
import { hookRequest } from './hook-request.ts';

/**
 * Runs one hook of one of a release's services, once in a deployment: how it ended stands in the journal before its container goes, so a
 * worker that takes over waits for one that runs, reads how it ended, or goes on.
 *
 * @param signal when aborted, the hook runs on and nothing more is noted
 * @returns why it failed; null when it went well or there is none
 * @throws SiskinError HOOK_REFUSED, SECRET_MISSING, LEASE_LOST, DOCKER_UNAVAILABLE
 */
export async function runHook(
  context: RunContext,
  release: ServiceRelease,
  hook: HookName,
  signal: AbortSignal,
): Promise<string | null> {
  const { world, journal, deployment, app } = context;
  const { hooks, service } = release.spec;
  const command = hooks?.[hook];
  if (!hooks || !command) return null;
  const step = hookStep({ hook, service, release: release.release });
  const past = pastOf(await world.store.journal(deployment.id), step);
  if (past.ended) {
    await world.hooks.remove(app, release.spec.rollout.stopGraceMs);
    return past.ended.outcome === 'ok' ? null : (past.ended.detail ?? `${hook} failed`);
  }
  if (past.beganAt === null) await journal.append({ type: 'step-began', step });
  const deadline = (past.beganAt ?? journal.clock.t()) + hooks.timeoutMs;
  const log = new LogWriter((lines) => world.store.log(deployment.id, lines));
  const print = (line: string) => log.write(`${hook} | ${line}`);
  log.write(`${hook} of ${service}: ${command.join(' ')}`);
  const run = async () => {
    const timeLeftMs = deadline - journal.clock.t();
    try {
      const request = await hookRequest(context, release, { hook, command, timeLeftMs });
      return await world.hooks.run(request, print, signal);
    } finally {
      await log.flush();
    }
  };
  const end = await patiently(context, run).catch(asRefusal);
  const failure = 'refused' in end ? end.refused : hookFailure(hook, end, hooks.timeoutMs);
  await journal.append({ type: 'step-ended', step, ...outcomeOf(failure) });
  await world.hooks.remove(app, release.spec.rollout.stopGraceMs);
  return failure;
}

const outcomeOf = (failure: string | null) =>
  failure === null ? { outcome: 'ok' as const } : { outcome: 'failed' as const, detail: failure };

/** What cannot begin has failed, as what ended badly has. @throws every other error */
function asRefusal(error: unknown): { refused: string } {
  if (error instanceof SiskinError && (error.code === 'HOOK_REFUSED' || error.code.startsWith('SECRET')))
    return { refused: error.message };
  throw error;
}

interface Past {
  /** On the deployment's clock, in ms; null when it has not begun. */
  beganAt: number | null;
  ended: { outcome: 'ok' | 'failed'; detail?: string } | null;
}

function pastOf(entries: readonly JournalEntry[], step: string): Past {
  const past: Past = { beganAt: null, ended: null };
  for (const { t, event } of entries) {
    if (event.type === 'step-began' && event.step === step) past.beganAt ??= t;
    if (event.type === 'step-ended' && event.step === step) past.ended = event;
  }
  return past;
}
