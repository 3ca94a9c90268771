import type { ObservedAccessory, WantedAccessory } from '../../domain/accessories/accessory.ts';
import type { EnvironmentKey } from '../../domain/names.ts';

/** The accessories of environments: containers that the Compose CLI makes, found by label. */
export interface Accessories {
  /** All that the environment has. @throws SiskinError DOCKER_UNAVAILABLE */
  list(key: EnvironmentKey): Promise<ObservedAccessory[]>;
  /**
   * Creates and starts those that are not there or stopped; never recreates one.
   * @param wanted their definitions, with secrets among the variables: never to be stored
   * @param onLine gets what the Compose CLI says, e.g. while it pulls an image
   * @throws SiskinError COMPOSE_CLI_MISSING, ACCESSORY_FAILED, DOCKER_UNAVAILABLE; the signal's reason when aborted
   */
  bringUp(
    key: EnvironmentKey,
    wanted: readonly WantedAccessory[],
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Calls `look` now and whenever something happens to the environment's accessories, until it returns true.
   * @returns whether it did within `limitMs` @throws SiskinError DOCKER_UNAVAILABLE, what `look` throws
   */
  untilChanged(
    key: EnvironmentKey,
    look: () => Promise<boolean>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<boolean>;
  /** The last lines it printed, control characters stripped, bounded. */
  logTail(container: string, lines: number): Promise<string[]>;
}
