/** How an environment gets a secret: as variable, as file /run/secrets/NAME, or while its image is built. */
export type SecretWay = 'env' | 'file' | 'build';

/** One secret that siskin.yaml gives an environment, in one way. */
export interface SecretUse {
  name: string;
  way: SecretWay;
}

/** What a release's record says of its secrets: never a value. */
export interface ReleaseSecrets {
  uses: SecretUse[];
  /** Keyed hash of their values: other values make another release. */
  digest: string;
}
