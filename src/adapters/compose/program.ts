import { execFile } from 'node:child_process';

/** The Compose CLI that is installed. */
export interface ComposeProgram {
  /** What it is called by. */
  words: readonly [string, ...string[]];
  /** Such as `2.29.1`; null when it does not tell. */
  version: string | null;
}

const findTimeoutMs = 20_000;

const handedOn = [
  ...['PATH', 'HOME', 'XDG_RUNTIME_DIR', 'DOCKER_HOST', 'DOCKER_CONTEXT'],
  ...['DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
];

/**
 * What of an environment the Compose CLI and the engine's client need. Nothing else of it is handed on: it would stand in for
 * the variables of a Compose file.
 */
export const composeEnvironment = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> => ({
  ...Object.fromEntries(handedOn.flatMap((name) => (environment[name] ? [[name, environment[name]]] : []))),
  COMPOSE_IGNORE_ORPHANS: 'true',
});

/**
 * Looks for `docker compose` (2), then `docker-compose`.
 * @param env of composeEnvironment @returns null when neither is there @throws the signal's reason when aborted
 */
export async function findComposeProgram(
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<ComposeProgram | null> {
  for (const words of [['docker', 'compose'], ['docker-compose']] as const) {
    const answer = await versionOf(words, env, signal);
    signal?.throwIfAborted();
    if (answer !== null) return { words, version: /\d+\.\d+(\.\d+)?/.exec(answer)?.[0] ?? null };
  }
  return null;
}

/** @returns null when it is not installed, or ends with an error: a docker without the plugin does */
function versionOf(
  [program, ...first]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: findTimeoutMs, ...(signal && { signal }) };
    execFile(program, [...first, 'version', '--short'], options, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}
