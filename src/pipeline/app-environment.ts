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
  /** The services that are rolled out; ties in their order are broken by this one. */
  services: readonly string[];
  buildTimeoutMs: number;
  /** The secrets that it is given. */
  secrets: readonly SecretUse[];
  /** Reads the services out of the Compose file's text, in rollout order; secrets in them are references. @throws SiskinError naming file, line and key */
  readSpecs(text: string): Promise<ServiceSpec[]>;
  /** Reads the accessories that this environment has; absent when siskin.yaml names none. @throws as readSpecs */
  readAccessories?: (text: string) => Promise<AccessorySpec[]>;
  /** Whether a change of this path of the repository is deployed; absent: every change is. */
  concerns?: (path: string) => boolean;
}

/** The apps of siskin.yaml. */
export interface Apps {
  find(key: EnvironmentKey): AppEnvironment | null;
}
