import { apiErrors } from './api-errors.ts';
import { bundleErrors } from './bundle-errors.ts';
import { cliErrors } from './cli-errors.ts';
import { configErrors } from './config-errors.ts';
import { frontErrors } from './front-errors.ts';
import { githubErrors } from './github-errors.ts';
import { hostErrors } from './host-errors.ts';
import { intakeErrors } from './intake-errors.ts';
import { rolloutErrors } from './rollout-errors.ts';
import { routerErrors } from './router-errors.ts';
import { secretErrors } from './secret-errors.ts';
import { sourceErrors } from './source-errors.ts';

/** What an error code means and what to do about it; docs/errors.md is written from this. */
export interface ErrorEntry {
  meaning: string;
  hint: string;
}

export const errorCatalogue = {
  ...configErrors,
  ...intakeErrors,
  ...sourceErrors,
  ...secretErrors,
  ...rolloutErrors,
  ...routerErrors,
  ...frontErrors,
  ...apiErrors,
  ...githubErrors,
  ...hostErrors,
  ...bundleErrors,
  ...cliErrors,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
