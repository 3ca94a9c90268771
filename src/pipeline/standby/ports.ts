import type { EnvironmentKey } from '../../domain/names.ts';
import type { StandbyFacts } from '../../domain/standby/checks.ts';
import type { VolumeDiff } from '../../domain/standby/volume-diff.ts';

/** What the standby knows of itself; it is kept there, for the primary may be gone when it is asked for. */
export interface StandbyState {
  /** ISO 8601: when all of it was last brought there and verified. */
  lastSync: string | null;
  serving: boolean;
}

export interface ImageToBring {
  key: EnvironmentKey;
  service: string;
  /** As the primary names it. */
  name: string;
  id: string;
  there: boolean;
}

/** The other engine. All throw SiskinError STANDBY_UNREACHABLE. */
export interface Standby {
  /** @throws SiskinError STANDBY_BUSY */
  lock(): Promise<{ release(): Promise<void> }>;
  read(): Promise<StandbyState>;
  write(state: StandbyState): Promise<void>;
  /** Those of named containers that are there. */
  containers(names: readonly string[]): Promise<StandbyFacts['containers']>;
}

/** What is brought from one engine to the other. All throw SiskinError STANDBY_SYNC_FAILED besides. */
export interface Transfer {
  /** The image that each environment runs. @throws SiskinError STANDBY_SYNC_FAILED for one that runs nothing */
  images(keys: readonly EnvironmentKey[]): Promise<ImageToBring[]>;
  /** Brings it unless it is there, and names it `siskin/APP-ENVIRONMENT-SERVICE:standby` too. */
  bringImage(image: ImageToBring): Promise<void>;
  /**
   * Starts those containers there anew that run an older image under that name; the old one is back when the new one is not well.
   * @param containers names @returns those that were
   */
  takeUp(image: ImageToBring, containers: readonly string[]): Promise<string[]>;
  compareVolume(volume: string): Promise<VolumeDiff>;
  /** Sends what differs, in parts that stay when it is interrupted, and reads all of it back. @returns files and bytes sent */
  bringVolume(volume: string): Promise<{ files: number; bytes: number; removed: number }>;
}
