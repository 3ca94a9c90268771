import type { HookEnd, HookIdentity } from '../../domain/hooks.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { ReplicaRequest } from '../ports.ts';

/** Everything needed to run one hook; idempotent by the container's name. */
export interface HookRequest
  extends Omit<ReplicaRequest, 'replica' | 'slot' | 'port' | 'deployment'>,
    HookIdentity {
  /** A program and its arguments, instead of the image's entrypoint and command. */
  command: string[];
  /** Time it has left, in ms; then it is stopped. */
  timeLeftMs: number;
}

/** One-off containers of an environment, found by label. All of them throw SiskinError DOCKER_UNAVAILABLE. */
export interface Hooks {
  /**
   * Runs the hook to its end and leaves its container, so that whoever takes over reads how it ended. One that runs
   * already is waited for, and one that has ended is not run again. The service's other hooks are gone before: those of
   * this deployment were waited for, those of ended ones stopped, so that no two run at the same time.
   * @param onLine gets what it prints, a line at a time: bounded, masked, without control characters
   * @throws SiskinError HOOK_REFUSED when the engine does not start it; the signal's reason when aborted, then it runs on
   */
  run(request: HookRequest, onLine: (line: string) => void, signal: AbortSignal): Promise<HookEnd>;
  /** Stops and removes the environment's hooks. Done when they are gone. @param graceMs from SIGTERM to SIGKILL */
  remove(key: EnvironmentKey, graceMs: number): Promise<void>;
}
