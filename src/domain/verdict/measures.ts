/** U, V and D as finite numbers: U and V of 100 roll back, D of 20 promotes. */
export interface Measures {
  /** Evidence that the canary is above its limit. */
  u: number;
  /** Evidence that it is worse than the baseline. */
  v: number;
  /** Evidence that it is below its limit. */
  d: number;
}

/** Evidence at which the canary is above its limit, and worse than the baseline: any-time error 1 %. */
export const rollBackAt = 100;
/** Evidence at which the canary is below its limit: error 5 %. */
export const promoteAt = 20;
