import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { EnvironmentKey } from '../../domain/names.ts';

/** The error for a filter that leaves nothing, naming what there is instead. */
export function noSuchEnvironment(
  all: readonly EnvironmentKey[],
  app: string,
  environment: string | undefined,
): SiskinError {
  const wanted = environment === undefined ? `app ${app}` : `environment ${app}/${environment}`;
  const known = all.map((one) => `${one.app}/${one.environment}`).join(', ');
  return new SiskinError('NOT_FOUND', `There is no ${wanted}.`, {
    hint: known === '' ? 'There are no apps in siskin.yaml.' : `There are: ${known}.`,
  });
}
