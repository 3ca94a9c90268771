import type { Request } from 'express';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import type { EnvironmentKey } from '../domain/names.ts';
import type { ConfiguredApp } from './ports.ts';
import { nameSchema } from './schemas.ts';
import { valid } from './validate.ts';

/** The environment that an address names, and its branch. @throws SiskinError REQUEST_INVALID, NOT_FOUND */
export function configuredEnvironment(
  apps: readonly ConfiguredApp[],
  { params }: Request,
): { key: EnvironmentKey; branch: string } {
  const app = valid(nameSchema, params.app, 'app');
  const environment = valid(nameSchema, params.environment, 'environment');
  const configured = apps.find((one) => one.app === app);
  const branch = configured?.environments.find((one) => one.environment === environment)?.branch;
  if (branch !== undefined) return { key: { app, environment }, branch };
  throw new SiskinError('NOT_FOUND', `There is no environment ${app}/${environment} in siskin.yaml.`);
}
