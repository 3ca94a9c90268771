import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';

const unreachable = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EACCES',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

/** The HTTP status of an engine's answer; undefined when it did not answer. */
export const engineStatus = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;

/** The engine's own words, without dockerode's prefix. */
export function engineWords(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'json' in error) {
    const { json } = error;
    if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
      return json.message.slice(0, 500);
  }
  return messageOf(error).slice(0, 500);
}

/** Turns "the engine is not there" into DOCKER_UNAVAILABLE; leaves everything else as it is. */
export async function reachingEngine<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (engineStatus(error) === undefined && unreachable.has(code))
      throw new SiskinError('DOCKER_UNAVAILABLE', `the Docker engine does not answer (${code})`, {
        cause: error,
      });
    throw error;
  }
}

/** Runs a call for which some statuses mean "it is so already". */
export async function doneWhen(statuses: readonly number[], call: () => Promise<unknown>): Promise<void> {
  try {
    await reachingEngine(call);
  } catch (error) {
    const status = engineStatus(error);
    if (status === undefined || !statuses.includes(status)) throw error;
  }
}
