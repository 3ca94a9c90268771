import type { AccessorySpec } from '../domain/accessories/accessory.ts';
import type { EnvironmentKey } from '../domain/names.ts';
import type { SecretUse } from '../domain/secret-use.ts';
import type { ServiceSpec } from '../domain/service-spec.ts';

/** What the operator says about an environment, as far as deploying needs it. */
export interface AppEnvironment extends EnvironmentKey {
  repository: string;
  branch: string;
  /** The Compose file's path in the repository. */
  composeFile: string;
  service: string;
  buildTimeoutMs: number;
  /** The secrets that it is given. */
  secrets: readonly SecretUse[];
  /** Reads the service out of the Compose file's text; secrets in it are references. @throws SiskinError naming file, line and key */
  readSpec(text: string): Promise<ServiceSpec>;
  /** Reads the accessories that this environment has; absent when siskin.yaml names none. @throws as readSpec */
  readAccessories?: (text: string) => Promise<AccessorySpec[]>;
  /** Whether a change of this path of the repository is deployed; absent: every change is. */
  concerns?: (path: string) => boolean;
}

/** The apps of siskin.yaml. */
export interface Apps {
  find(key: EnvironmentKey): AppEnvironment | null;
}
